namespace RtcEnhance.Audio;

/// <summary>Between one and two interleaved channels. Thread-safe.</summary>
internal static class ChannelMixer
{
    /// <summary>Copies, doubles (mono to stereo) or averages (stereo to mono) as many frames as both spans hold.</summary>
    public static void Mix(ReadOnlySpan<float> source, int sourceChannels, Span<float> target, int targetChannels)
    {
        if (sourceChannels == targetChannels)
        {
            source.CopyTo(target);
        }
        else if (targetChannels == 2)
        {
            for (int i = 0; i < source.Length; i++)
                target[2 * i] = target[(2 * i) + 1] = source[i];
        }
        else
        {
            for (int i = 0; i < target.Length; i++)
                target[i] = 0.5f * (source[2 * i] + source[(2 * i) + 1]);
        }
    }
}
