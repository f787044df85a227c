using System.Diagnostics.Metrics;

namespace RtcEnhance;

/// <summary>
/// The instruments of the meter <c>RtcEnhance</c> (System.Diagnostics.Metrics). Recording allocates nothing, and costs a
/// check where nobody listens. Thread-safe.
/// </summary>
public static class RtcEnhanceMeter
{
    /// <summary>The meter's name, for <c>AddMeter</c> or <c>dotnet-counters</c>.</summary>
    public const string Name = "RtcEnhance";

    private const string StageTag = "stage";
    private const string ReasonTag = "reason";

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> StageDuration = Meter.CreateHistogram<double>(
        "rtcenhance.stage.duration", "s", "Time of one job, by whichever route.");

    private static readonly Counter<long> StageFallbacks = Meter.CreateCounter<long>(
        "rtcenhance.stage.fallbacks", "{job}", "Jobs that the classical fallback did, by reason.");

    private static readonly Counter<long> StageOverruns = Meter.CreateCounter<long>(
        "rtcenhance.stage.overruns", "{run}", "Runs of a primary beyond the budget or the time left.");

    private static readonly Counter<long> StageFaults = Meter.CreateCounter<long>(
        "rtcenhance.stage.faults", "{fault}", "Times that a primary threw.");

    private static readonly Counter<long> AudioConcealedSamples = Meter.CreateCounter<long>(
        "rtcenhance.audio.concealed_samples", "{sample}", "Samples per channel that were played without having been received.");

    private static readonly Counter<long> AudioPacketsDiscarded = Meter.CreateCounter<long>(
        "rtcenhance.audio.packets_discarded", "{packet}", "Packets that came too late or too early to be played.");

    private static readonly Counter<long> VideoFramesDecoded = Meter.CreateCounter<long>(
        "rtcenhance.video.frames_decoded", "{frame}", "Pictures decoded.");

    private static readonly Counter<long> VideoFramesDropped = Meter.CreateCounter<long>(
        "rtcenhance.video.frames_dropped", "{frame}", "Pictures dropped before they were shown.");

    private static readonly Counter<long> VideoFreezes = Meter.CreateCounter<long>(
        "rtcenhance.video.freezes", "{freeze}", "Freezes as webrtc-stats counts them.");

    private static readonly string[] ReasonNames = Enum.GetNames<ReasonCode>();

    internal static void RecordJob(string stage, TimeSpan duration, ReasonCode reason)
    {
        if (StageDuration.Enabled)
            StageDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(StageTag, stage));
        if (reason != ReasonCode.Ok && StageFallbacks.Enabled)
            StageFallbacks.Add(1, new(StageTag, stage), new(ReasonTag, ReasonNames[(int)reason]));
    }

    internal static void AddOverrun(string stage)
    {
        if (StageOverruns.Enabled)
            StageOverruns.Add(1, new KeyValuePair<string, object?>(StageTag, stage));
    }

    internal static void AddFault(string stage)
    {
        if (StageFaults.Enabled)
            StageFaults.Add(1, new KeyValuePair<string, object?>(StageTag, stage));
    }

    internal static void AddConcealedSamples(int samplesPerChannel) => AudioConcealedSamples.Add(samplesPerChannel);

    internal static void AddDiscardedPackets(int packets) => AudioPacketsDiscarded.Add(packets);

    internal static void AddDecodedFrames(int frames) => VideoFramesDecoded.Add(frames);

    internal static void AddDroppedFrames(int frames) => VideoFramesDropped.Add(frames);

    internal static void AddFreeze() => VideoFreezes.Add(1);
}
