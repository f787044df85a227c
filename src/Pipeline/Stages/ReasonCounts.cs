using System.Runtime.CompilerServices;

namespace RtcEnhance;

/// <summary>One count per <see cref="ReasonCode"/>, by value. Thread-safe: immutable once copied.</summary>
[InlineArray(Length)]
internal struct ReasonCounts : IEquatable<ReasonCounts>
{
    public const int Length = (int)ReasonCode.Manual + 1;

    private long _first;

    public readonly bool Equals(ReasonCounts other) => ((ReadOnlySpan<long>)this).SequenceEqual(other);

    public override readonly bool Equals(object? obj) => obj is ReasonCounts other && Equals(other);

    public override readonly int GetHashCode()
    {
        var hash = new HashCode();
        foreach (long count in this)
            hash.Add(count);
        return hash.ToHashCode();
    }
}
