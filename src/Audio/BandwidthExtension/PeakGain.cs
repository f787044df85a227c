using System.Numerics;

namespace RtcEnhance.Audio;

/// <summary>
/// Holds an added band back where the sum with what it is added to would pass full scale. The gain moves over 1 ms, so
/// that holding back makes no sound of its own below the band. One thread at a time.
/// </summary>
internal sealed class PeakGain
{
    private const int RampSamples = DelayedUpsampler.OutputRateHz / 1000;
    // A low band that itself reaches full scale must not silence the upper one: -12 dB is far enough.
    private const float LowestGain = 0.25f;
    private const float Recovery = 0.05f;

    private float _gain = 1;
    private float _target = 1;

    /// <summary>True where nothing is held back and nothing needs to be.</summary>
    public bool IsFull => _gain == 1 && _target == 1;

    /// <summary>Sets the gain that the coming 5 ms need.</summary>
    public void Aim(ReadOnlySpan<float> low, ReadOnlySpan<float> upper)
    {
        var needed = 1f;
        for (var n = FirstAboveFullScale(low, upper); n < low.Length; n++)
        {
            if (MathF.Abs(low[n] + upper[n]) > 1)
                needed = MathF.Min(needed, (1 - MathF.Abs(low[n])) / MathF.Abs(upper[n]));
        }

        _target = Math.Clamp(needed, LowestGain, MathF.Min(1, _target + Recovery));
    }

    /// <summary>The gain at the next sample.</summary>
    public float Next() => _gain += Math.Clamp(_target - _gain, -1f / RampSamples, 1f / RampSamples);

    /// <summary>Full gain again.</summary>
    public void Reset() => _gain = _target = 1;

    /// <summary>Where, to a vector, the sum first passes full scale; where it never does, the scalar rest.</summary>
    private static int FirstAboveFullScale(ReadOnlySpan<float> low, ReadOnlySpan<float> upper)
    {
        var n = 0;
        while (n <= low.Length - Vector<float>.Count
            && Vector.LessThanOrEqualAll(Vector.Abs(new Vector<float>(low[n..]) + new Vector<float>(upper[n..])), Vector<float>.One))
            n += Vector<float>.Count;
        return n;
    }
}
