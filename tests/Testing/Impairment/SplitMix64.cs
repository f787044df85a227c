namespace RtcEnhance.Testing;

/// <summary>
/// A seeded generator whose numbers are the same on every runtime and machine. Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014. One thread at a time.
/// </summary>
internal struct SplitMix64
{
    private ulong _state;

    /// <summary>A generator; different purposes under one seed give independent numbers.</summary>
    public SplitMix64(int seed, int purpose)
    {
        _state = ((ulong)(uint)seed << 32) | (uint)purpose;
        _state = NextBits();
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Standard normal; always takes two uniform numbers, so that a sequence stays in step. Box-Muller.</summary>
    public double NextGaussian()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    private ulong NextBits()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
