namespace RtcEnhance.Opus;

/// <summary>The sample rates at which libopus runs. Thread-safe.</summary>
internal static class OpusRate
{
    public static void ThrowIfNotSupported(int sampleRateHz)
    {
        if (sampleRateHz is not (8000 or 12000 or 16000 or 24000 or 48000))
            throw new ArgumentOutOfRangeException(nameof(sampleRateHz), sampleRateHz, "Opus runs at 8000, 12000, 16000, 24000 or 48000 Hz.");
    }
}
