namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>One promise and what was found. Thread-safe.</summary>
/// <param name="Method">Whose.</param>
/// <param name="Where">The condition.</param>
/// <param name="What">What was measured.</param>
/// <param name="Asked">The limit.</param>
/// <param name="Found">The figure.</param>
/// <param name="IsAtLeast">Whether the figure may not be below the limit; else not above it.</param>
/// <param name="IsAim">True of what is hoped for: missing it fails nothing.</param>
internal sealed record BweMark(string Method, string Where, string What, double Asked, double Found, bool IsAtLeast, bool IsAim = false)
{
    /// <summary>Whether it is kept.</summary>
    public bool IsMet => IsAtLeast ? Found >= Asked : Found <= Asked;
}
