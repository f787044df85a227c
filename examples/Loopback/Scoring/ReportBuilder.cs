using System.Runtime.InteropServices;
using RtcEnhance.Audio;
using RtcEnhance.Loopback.Receiving;
using RtcEnhance.Loopback.Report;
using RtcEnhance.Loopback.Sending;
using RtcEnhance.Opus;
using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Loopback.Scoring;

/// <summary>Puts a call's recordings, counters and scores into the report.</summary>
internal static class ReportBuilder
{
    /// <summary>Before the first reports have come, nothing can be brought together.</summary>
    private const double SyncFromSeconds = 1;

    public static DemoReport Build(CallRecording call, AudioScore audio, VideoScore video)
    {
        InboundAudioStats heard = call.Receiver.Audio.GetStats();
        InboundVideoStats seen = call.Receiver.Enhancer.GetStats();
        VideoReceiverStats received = call.Receiver.Video.GetStats();
        StageStats superResolution = call.Receiver.Enhancer.GetStageStats();
        var enhancement = new EnhancementOptions();
        StageFigures[] stages =
        [
            Stage(call, "concealment", "10 ms block", enhancement.Concealment.Budget, heard.Concealment, Routes(heard.Concealment, "pitch")),
            Stage(call, "bandwidth-extension", "10 ms block", enhancement.BandwidthExtension.Budget, heard.BandwidthExtension, Routes(heard.BandwidthExtension, "spectral")),
            Stage(call, "super-resolution", "frame", enhancement.GetSuperResolutionBudget(TimeSpan.FromSeconds(1.0 / SourceClip.FramesPerSecond)), superResolution, UpscaledBy(seen)),
        ];
        return new DemoReport
        {
            Run = Run(call),
            Network =
            [
                Stream("audio", CallNetwork.AudioStream, call, heard.PacketsDiscarded + heard.DuplicatePackets, heard.Jitter),
                Stream("video", CallNetwork.VideoStream, call, received.PacketsDiscarded + received.DuplicatePackets, received.Jitter),
            ],
            Audio = Audio(call, heard, audio),
            Video = Video(seen, received, video),
            Sync = Sync(audio, video),
            Stages = stages,
            Cpu = call.Options.Fast ? [] : [Cpu(call, superResolution, 15), Cpu(call, superResolution, 30)],
            Media = Media(call, audio, video),
        };
    }

    private static RunFigures Run(CallRecording call) => new()
    {
        CommandLine = call.Options.CommandLine,
        Seed = call.Options.Seed,
        VirtualClock = call.Options.Fast,
        DurationSeconds = call.Options.Seconds,
        Machine = $"{RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}",
        Software =
        [
            new NamedValue("audio", call.Options.AudioCodec == DemoAudioCodec.Opus ? OpusLibrary.Version : call.Options.AudioCodec.ToString().ToUpperInvariant()),
            new NamedValue("video", $"{call.Options.VideoCodec} by FFmpeg, {call.VideoBytes * 8 / call.Options.Seconds / 1000:0} kb/s sent"),
        ],
        Clips =
        [
            new NamedValue("speech", "dataset-voice-nathalie, CC0 1.0"),
            new NamedValue("video", "LatentSync demo, Apache 2.0"),
        ],
    };

    private static StreamFigures Stream(string name, int stream, CallRecording call, long discarded, double jitter)
    {
        PacketRecord[] packets = [.. call.Network.Where(packet => packet.Stream == stream)];
        int longest = 0;
        int burst = 0;
        foreach (PacketRecord packet in packets)
        {
            burst = packet.Fate.IsLost ? burst + 1 : 0;
            longest = Math.Max(longest, burst);
        }

        return new StreamFigures
        {
            Name = name,
            PacketsSent = packets.Length,
            PacketsLost = packets.Count(packet => packet.Fate.IsLost),
            PacketsReordered = packets.Count(packet => packet.Fate.IsReordered),
            PacketsDuplicated = packets.Count(packet => packet.Fate.DuplicateAt is not null),
            PacketsDiscarded = discarded,
            LongestBurstPackets = longest,
            Jitter = jitter,
        };
    }

    private static AudioFigures Audio(CallRecording call, InboundAudioStats stats, AudioScore score) => new()
    {
        SampleRate = SourceClip.SpeechRateHz,
        TotalSamplesReceived = stats.TotalSamplesReceived,
        ReceivedSamples = stats.ReceivedSamples,
        StretchedSamples = stats.StretchedSamples,
        ComfortNoiseSamples = stats.ComfortNoiseSamples,
        SilenceSamples = stats.SilenceSamples,
        InterruptionCount = stats.InterruptionCount,
        TotalInterruptionDuration = stats.TotalInterruptionDuration,
        AccelerationCount = call.Receiver.Playout.Steps.Count(step => step.StretchedSamples < 0),
        DecelerationCount = call.Receiver.Playout.Steps.Count(step => step.StretchedSamples > 0),
        FixedDelayMs = call.Options.DelayMs,
        ConcealedSamples = stats.ConcealedSamples,
        SilentConcealedSamples = stats.SilentConcealedSamples,
        ConcealmentEvents = stats.ConcealmentEvents,
        InsertedSamplesForDeceleration = stats.InsertedSamplesForDeceleration,
        RemovedSamplesForAcceleration = stats.RemovedSamplesForAcceleration,
        JitterBufferDelay = stats.JitterBufferDelay,
        JitterBufferTargetDelay = stats.JitterBufferTargetDelay,
        JitterBufferEmittedCount = stats.JitterBufferEmittedCount,
        ConcealedBy =
        [
            new NamedCount("pitch", stats.ClassicallyConcealedSamples),
            new NamedCount("neural", stats.ConcealedSamples - stats.ClassicallyConcealedSamples),
        ],
        Delay = score.Delay,
        ZeroFill = score.ZeroFillQuality,
        Enhanced = score.EnhancedQuality,
        LossFree = score.LossFreeQuality,
    };

    /// <summary>Measured, not taken from the receivers: what was shown and heard of the same moment, by the recordings.</summary>
    private static SyncFigures Sync(AudioScore audio, VideoScore video)
    {
        var offsets = new List<double>();
        foreach ((double seconds, double delayMs) in video.Shown)
        {
            if (seconds >= SyncFromSeconds && audio.Timeline.DelayMsAt(seconds) is { } heardMs)
                offsets.Add(delayMs - heardMs - audio.FilterDelayMs);
        }

        return SyncFigures.FromOffsets(offsets);
    }

    private static VideoFigures Video(InboundVideoStats seen, VideoReceiverStats received, VideoScore score) => new()
    {
        DecodedWidth = seen.FrameWidth ?? 0,
        DecodedHeight = seen.FrameHeight ?? 0,
        FrameWidth = seen.RenderedWidth ?? 0,
        FrameHeight = seen.RenderedHeight ?? 0,
        FramesPerSecond = SourceClip.FramesPerSecond,
        FramesReceived = received.FramesReceived,
        FramesDecoded = received.FramesDecoded,
        KeyFramesDecoded = received.KeyFramesDecoded,
        FramesDropped = received.FramesDropped + seen.FramesDropped,
        FramesRendered = seen.FramesRendered,
        PliCount = received.PliCount,
        FreezeCount = seen.FreezeCount,
        TotalFreezesDuration = seen.TotalFreezesDuration.TotalSeconds,
        UpscaledBy = UpscaledBy(seen),
        Delay = score.Delay,
        Baseline = score.Baseline,
        Enhanced = score.Enhanced,
    };

    private static NamedCount[] UpscaledBy(InboundVideoStats seen)
        => [.. Enum.GetValues<UpscaleMethod>().Select(method => new NamedCount(NameOf(method), seen.FramesMadeBy(method))).Where(count => count.Count > 0)];

    private static string NameOf(UpscaleMethod method) => method switch
    {
        UpscaleMethod.NeuralFast => "neural-fast",
        UpscaleMethod.PassThrough => "passed through",
        _ => method.ToString().ToLowerInvariant(),
    };

    private static NamedCount[] Routes(StageStats stats, string fallback)
        => [new NamedCount(fallback, stats.FallbackCalls), new NamedCount("neural", stats.PrimaryCalls)];

    private static StageFigures Stage(CallRecording call, string name, string unit, TimeSpan budget, StageStats stats, NamedCount[] routes) => new()
    {
        Name = name,
        Unit = unit,
        BudgetMs = budget.TotalMilliseconds,
        Latency = Distribution.FromMilliseconds(call.StageMs.GetValueOrDefault(name, [])),
        DeadlineMisses = stats.DeadlineMisses,
        Routes = routes,
        Reasons = [.. Enum.GetValues<ReasonCode>().Select(reason => new NamedCount(reason.ToString(), stats.FallbackCount(reason))).Where(count => count.Count > 0)],
    };

    /// <summary>Time of the pulls, and of super-resolution at a frame rate; the video decoder is not ours and not in it.</summary>
    private static CpuShare Cpu(CallRecording call, StageStats superResolution, double framesPerSecond)
    {
        double audioMs = call.Receiver.PullMs.Sum();
        double frameMs = superResolution.Calls == 0 ? 0 : superResolution.TotalTime.TotalMilliseconds / superResolution.Calls;
        return new CpuShare(framesPerSecond, 100 * audioMs / (call.Receiver.PullMs.Count * 10.0), frameMs * framesPerSecond / 10);
    }

    private static DemoMedia Media(CallRecording call, AudioScore audio, VideoScore video)
    {
        bool[] lost = [.. call.Network.Where(packet => packet.Stream == CallNetwork.AudioStream).Select(packet => packet.Fate.IsLost)];
        return new DemoMedia
        {
            Original = Track("original", audio.Original),
            ZeroFill = Track("without RtcEnhance", audio.ZeroFill, audio.ZeroFillHeard),
            Enhanced = Track("with RtcEnhance", audio.Enhanced, audio.Heard),
            LossFree = Track("without loss", audio.LossFree),
            Losses = LossInterval.FromPackets(lost, AudioPackets.PacketMs / 1000.0),
            Playout = call.Receiver.Playout.Steps,
            Frames = video.Pairs,
        };
    }

    private static AudioTrack Track(string name, float[] samples, float[]? heard = null)
        => new() { Name = name, Samples = samples, Heard = heard, Rate = SourceClip.SpeechRateHz };
}
