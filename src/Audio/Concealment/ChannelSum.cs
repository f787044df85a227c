namespace RtcEnhance.Audio;

/// <summary>Both channels as one, by which pitch and place are found. Thread-safe.</summary>
internal static class ChannelSum
{
    /// <summary>Sums two channels; of one channel, given twice, this is twice the channel: every use is free of scale.</summary>
    public static void Of(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> sum)
    {
        for (int i = 0; i < sum.Length; i++)
            sum[i] = left[i] + right[i];
    }
}
