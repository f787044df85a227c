namespace RtcEnhance.Audio;

/// <summary>
/// 16-bit samples to and from float: 32768 is 1, so that every 16-bit value survives the way there and back.
/// Thread-safe.
/// </summary>
internal static class Pcm16
{
    private const float FullScale = 32768f;

    public static float ToFloat(short sample) => sample * (1 / FullScale);

    /// <summary>Rounds to the nearest value, half to even, and clips; not-a-number is silence.</summary>
    public static short FromFloat(float sample) =>
        (short)(int)Math.Clamp(MathF.Round(sample * FullScale), short.MinValue, short.MaxValue);

    public static short Saturate(int value) => (short)Math.Clamp(value, short.MinValue, short.MaxValue);
}
