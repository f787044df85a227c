namespace RtcEnhance.Audio;

/// <summary>
/// 16-bit samples to and from float: 32768 is 1, so that every 16-bit value survives the way there and back.
/// Thread-safe.
/// </summary>
public static class Pcm16
{
    private const float FullScale = 32768f;

    /// <summary>Converts to 16 bits: rounds to the nearest value, half to even, and clips; not-a-number is silence.</summary>
    /// <param name="samples">Samples in [-1, 1].</param>
    /// <param name="pcm">At least as long; in the machine's byte order.</param>
    /// <exception cref="ArgumentException"><paramref name="pcm"/> is shorter.</exception>
    public static void FromFloat(ReadOnlySpan<float> samples, Span<short> pcm)
    {
        CheckLength(samples.Length, pcm.Length, nameof(pcm));
        for (int i = 0; i < samples.Length; i++)
            pcm[i] = FromFloat(samples[i]);
    }

    /// <summary>Converts from 16 bits.</summary>
    /// <param name="pcm">Samples, in the machine's byte order.</param>
    /// <param name="samples">At least as long; [-1, 1).</param>
    /// <exception cref="ArgumentException"><paramref name="samples"/> is shorter.</exception>
    public static void ToFloat(ReadOnlySpan<short> pcm, Span<float> samples)
    {
        CheckLength(pcm.Length, samples.Length, nameof(samples));
        for (int i = 0; i < pcm.Length; i++)
            samples[i] = ToFloat(pcm[i]);
    }

    internal static float ToFloat(short sample) => sample * (1 / FullScale);

    /// <summary>Rounds to the nearest value, half to even, and clips; not-a-number is silence.</summary>
    internal static short FromFloat(float sample) =>
        (short)(int)Math.Clamp(MathF.Round(sample * FullScale), short.MinValue, short.MaxValue);

    internal static short Saturate(int value) => (short)Math.Clamp(value, short.MinValue, short.MaxValue);

    private static void CheckLength(int input, int output, string name)
    {
        if (output < input)
            throw new ArgumentException($"{input} samples do not fit into {output}.", name);
    }
}
