namespace RtcEnhance.Audio;

/// <summary>
/// A fade between two segments that keeps their loudness: unlike ones would be 3 dB weaker half-way. Only operations
/// that IEEE 754 defines to the last bit, as later decisions look at the outcome. Thread-safe.
/// </summary>
internal static class SpliceFade
{
    /// <summary>Fades over the whole of two interleaved segments of one length; the output may be either.</summary>
    /// <param name="from">Fading out.</param>
    /// <param name="to">Fading in.</param>
    /// <param name="output">As long.</param>
    /// <param name="likeness">0 (unrelated) to 1 (the same).</param>
    /// <param name="means">What is not amplified, per channel.</param>
    public static void Apply(ReadOnlySpan<float> from, ReadOnlySpan<float> to, Span<float> output, float likeness, ReadOnlySpan<float> means)
    {
        int channels = means.Length;
        int frames = to.Length / channels;
        float unlike = 2 * (1 - likeness);
        for (int frame = 0; frame < frames; frame++)
        {
            float position = (frame + 0.5f) / frames;
            float weight = position * position * (3 - 2 * position);
            float gain = 1 / MathF.Sqrt(1 - unlike * weight * (1 - weight));
            for (int channel = 0; channel < channels; channel++)
            {
                int i = frame * channels + channel;
                float mixed = from[i] + weight * (to[i] - from[i]) - means[channel];
                output[i] = gain * mixed + means[channel];
            }
        }
    }
}
