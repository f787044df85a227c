using RtcEnhance.Audio;
using RtcEnhance.Loopback.Report;

namespace RtcEnhance.EndToEnd.Tests.Report;

/// <summary>A small made-up report with every field set.</summary>
internal static class SampleReport
{
    public static DemoReport Create(string commandLine = "./rtc demo --fast", int seconds = 2)
    {
        var original = new AudioTrack { Name = "Original", Samples = Tone(seconds), Rate = 48000 };
        return new DemoReport
        {
            Run = new RunFigures
            {
                CommandLine = commandLine,
                Seed = 7,
                VirtualClock = true,
                DurationSeconds = seconds,
                Machine = "x64, 2 cores",
                Software = [new NamedValue("Audio codec", "Opus 1.3.1")],
                Clips = [new NamedValue("Speech", "A tone, CC0")],
            },
            Network =
            [
                new StreamFigures
                {
                    Name = "audio",
                    PacketsSent = 100,
                    PacketsLost = 20,
                    PacketsReordered = 2,
                    PacketsDuplicated = 1,
                    PacketsDiscarded = 1,
                    LongestBurstPackets = 4,
                    Jitter = 0.012,
                },
            ],
            Audio = Audio(seconds),
            Video = Video(),
            Sync = SyncFigures.FromOffsets([-30, 5, 12, 60]),
            Stages =
            [
                new StageFigures
                {
                    Name = "concealment",
                    Unit = "10 ms block",
                    BudgetMs = 2,
                    Latency = Distribution.FromMilliseconds([0.05, 0.1, 0.2, 2.5]),
                    DeadlineMisses = 1,
                    Routes = [new NamedCount("fallback", 4)],
                    Reasons = [new NamedCount("ModelMissing", 4)],
                },
            ],
            Cpu = [new CpuShare(15, 2, 5), new CpuShare(30, 2, 10)],
            Media = new DemoMedia
            {
                Original = original,
                ZeroFill = new AudioTrack { Name = "Without concealment", Samples = Tone(seconds), Rate = 48000 },
                Enhanced = new AudioTrack { Name = "RtcEnhance", Samples = Tone(seconds), Rate = 48000 },
                LossFree = new AudioTrack { Name = "No packet lost", Samples = Tone(seconds), Rate = 48000 },
                Losses = [new LossInterval(0.5, 0.58)],
                Playout = [.. Enumerable.Range(0, seconds * 100).Select(Step)],
                Frames = [Frame("At 0.5 s"), Frame("At 1.5 s")],
            },
        };
    }

    public static FramePair Frame(string caption, int width = 48, int height = 32)
    {
        var random = new Random(width);
        var pixels = new byte[width * height * 3];
        random.NextBytes(pixels);
        return new FramePair
        {
            Width = width,
            Height = height,
            Before = pixels,
            After = [.. pixels.Reverse()],
            Original = pixels,
            Caption = caption,
        };
    }

    private static PlayoutStep Step(int index) => new()
    {
        Operation = (PlayoutOperation)(index % 7),
        RtpTimestamp = (uint)(480 * index),
        StretchedSamples = index % 7 - 3,
        WaitingPackets = 2,
        DelayMs = 60 + (index % 30),
        TargetMs = 70,
    };

    private static AudioFigures Audio(int seconds) => new()
    {
        SampleRate = 48000,
        TotalSamplesReceived = seconds * 48000,
        ReceivedSamples = (seconds * 48000) - 19200 - 1440 - 480 - 960,
        StretchedSamples = 1440,
        ComfortNoiseSamples = 480,
        SilenceSamples = 960,
        InterruptionCount = 1,
        TotalInterruptionDuration = 0.16,
        AccelerationCount = 4,
        DecelerationCount = 2,
        FixedDelayMs = 100,
        ConcealedSamples = 19200,
        SilentConcealedSamples = 480,
        ConcealmentEvents = 6,
        InsertedSamplesForDeceleration = 480,
        RemovedSamplesForAcceleration = 960,
        JitterBufferDelay = 4800,
        JitterBufferTargetDelay = 4700,
        JitterBufferEmittedCount = 76800,
        ConcealedBy = [new NamedCount("pitch", 19200)],
        Delay = Distribution.FromMilliseconds([60, 61, 70]),
        ZeroFill = new AudioQuality(0.71, 0.62, 1.9),
        Enhanced = new AudioQuality(0.86, 0.77, 1.1),
        LossFree = new AudioQuality(0.98, 0.95, 0.6),
    };

    private static VideoFigures Video() => new()
    {
        DecodedWidth = 24,
        DecodedHeight = 16,
        FrameWidth = 48,
        FrameHeight = 32,
        FramesPerSecond = 30,
        FramesReceived = 60,
        FramesDecoded = 59,
        KeyFramesDecoded = 2,
        FramesDropped = 1,
        FramesRendered = 58,
        PliCount = 1,
        FreezeCount = 1,
        TotalFreezesDuration = 0.3,
        UpscaledBy = [new NamedCount("easu", 58)],
        Delay = Distribution.FromMilliseconds([80, 81, 90]),
        Baseline = new VideoQuality("bicubic", 33.7, 0.92),
        Enhanced = new VideoQuality("easu", 34.3, 0.93),
    };

    private static float[] Tone(int seconds)
        => [.. Enumerable.Range(0, seconds * 48000).Select(i => 0.3f * MathF.Sin(i * 0.05f))];
}
