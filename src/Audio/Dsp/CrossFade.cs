namespace RtcEnhance.Audio;

/// <summary>A raised-cosine fade from one signal to another of the same phase (the weights add to 1). Thread-safe.</summary>
internal sealed class CrossFade
{
    private readonly float[] _rising;

    /// <summary>A fade of <paramref name="length"/> samples per channel.</summary>
    internal CrossFade(int length)
    {
        _rising = new float[length];
        for (int i = 0; i < length; i++)
            _rising[i] = 0.5f - 0.5f * MathF.Cos(MathF.PI * (i + 0.5f) / length);
    }

    /// <summary>Mixes one channel of interleaved signals; <paramref name="output"/> may be either input.</summary>
    internal void Apply(ReadOnlySpan<float> from, ReadOnlySpan<float> to, Span<float> output, int channel, int channels)
    {
        for (int i = 0, n = channel; i < _rising.Length; i++, n += channels)
            output[n] = from[n] + _rising[i] * (to[n] - from[n]);
    }
}
