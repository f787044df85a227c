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

    private static long _listenerFaults;

    /// <summary>Times that a listener threw; what it was told is lost to it, and nothing else happens.</summary>
    public static long ListenerFaults => Interlocked.Read(ref _listenerFaults);

    internal static void RecordJob(string stage, TimeSpan duration, ReasonCode reason)
    {
        Record(StageDuration, duration.TotalSeconds, new KeyValuePair<string, object?>(StageTag, stage));
        if (reason != ReasonCode.Ok)
            Add(StageFallbacks, 1, new(StageTag, stage), new(ReasonTag, ReasonNames[(int)reason]));
    }

    internal static void AddOverrun(string stage) => Add(StageOverruns, 1, new KeyValuePair<string, object?>(StageTag, stage));

    internal static void AddFault(string stage) => Add(StageFaults, 1, new KeyValuePair<string, object?>(StageTag, stage));

    internal static void AddConcealedSamples(int samplesPerChannel) => Add(AudioConcealedSamples, samplesPerChannel);

    internal static void AddDiscardedPackets(int packets) => Add(AudioPacketsDiscarded, packets);

    internal static void AddDecodedFrames(int frames) => Add(VideoFramesDecoded, frames);

    internal static void AddDroppedFrames(int frames) => Add(VideoFramesDropped, frames);

    internal static void AddFreeze() => Add(VideoFreezes, 1);

    // Listeners are the application's code and run on media threads: one that throws must not silence a call.
    private static void Add(Counter<long> counter, long value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!counter.Enabled)
            return;
        try
        {
            counter.Add(value, tags);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _listenerFaults);
        }
    }

    private static void Record(Histogram<double> histogram, double value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!histogram.Enabled)
            return;
        try
        {
            histogram.Record(value, tags);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _listenerFaults);
        }
    }
}
