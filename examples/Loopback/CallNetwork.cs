using RtcEnhance.Testing;

namespace RtcEnhance.Loopback;

/// <summary>What the command line's network does to each stream.</summary>
internal static class CallNetwork
{
    public const int AudioStream = 0;
    public const int VideoStream = 1;

    /// <summary>Sender reports of both.</summary>
    public const int ReportStream = 2;

    private static readonly TimeSpan Packet = TimeSpan.FromMilliseconds(20);

    /// <summary>The fate of one stream's packets.</summary>
    public static ImpairmentModel Model(CallOptions options, int stream)
    {
        var impairment = new ImpairmentOptions
        {
            LossPercent = stream == VideoStream ? options.VideoLossPercent : options.LossPercent,
            MeanBurst = TimeSpan.FromMilliseconds(options.BurstMs),
            MaxBurst = TimeSpan.FromMilliseconds(Math.Max(200, 4 * options.BurstMs)),
            LossTrace = options.TracePath is null || stream != AudioStream ? null : LossTrace.Load(options.TracePath, Packet),
            BaseDelay = TimeSpan.FromMilliseconds(20),
            Jitter = TimeSpan.FromMilliseconds(options.JitterMs),
            ReorderPercent = options.ReorderPercent,
            DuplicatePercent = options.DuplicatePercent,
            ClockDriftPpm = options.DriftPpm,
            Seed = options.Seed,
        };
        return new ImpairmentModel(impairment, impairment.CreateLossModel(), stream);
    }

    /// <summary>How long the call goes on after the last packet was sent, until all was played.</summary>
    public static int DrainMs(CallOptions options) => (options.DelayMs ?? 300) + (int)(4 * options.JitterMs) + 200;
}
