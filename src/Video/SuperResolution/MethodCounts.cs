using System.Runtime.CompilerServices;

namespace RtcEnhance.Video;

/// <summary>One count per <see cref="UpscaleMethod"/>, by value. Thread-safe: immutable once copied.</summary>
[InlineArray(Length)]
internal struct MethodCounts : IEquatable<MethodCounts>
{
    public const int Length = (int)UpscaleMethod.PassThrough + 1;

    private long _first;

    public readonly bool Equals(MethodCounts other) => ((ReadOnlySpan<long>)this).SequenceEqual(other);

    public override readonly bool Equals(object? obj) => obj is MethodCounts other && Equals(other);

    public override readonly int GetHashCode()
    {
        var hash = new HashCode();
        foreach (long count in this)
            hash.Add(count);
        return hash.ToHashCode();
    }
}
