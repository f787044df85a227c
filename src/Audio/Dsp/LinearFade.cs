namespace RtcEnhance.Audio;

/// <summary>A straight fade from one signal into another. Thread-safe.</summary>
internal static class LinearFade
{
    /// <summary>Writes a fade over the whole of both inputs, equally long and interleaved; the output may be either.</summary>
    public static void Apply(ReadOnlySpan<float> from, ReadOnlySpan<float> to, int channels, Span<float> output)
    {
        int frames = to.Length / channels;
        for (int frame = 0, i = 0; frame < frames; frame++)
        {
            float gain = (frame + 1f) / (frames + 1);
            for (int channel = 0; channel < channels; channel++, i++)
                output[i] = from[i] + (gain * (to[i] - from[i]));
        }
    }
}
