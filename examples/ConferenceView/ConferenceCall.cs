using System.Diagnostics;
using RtcEnhance.Video;

namespace RtcEnhance.ConferenceView;

/// <summary>
/// Video streams of several sizes in real time, each through an enhancer of its own, one scheduler for all of them.
/// One thread at a time.
/// </summary>
public sealed class ConferenceCall : IDisposable
{
    /// <summary>Pictures a second of every stream.</summary>
    public const int FramesPerSecond = 30;

    /// <summary>Priority of the active speaker; the others' is 0.</summary>
    public const int SpeakerPriority = 1;

    private const int SlowestKept = 8;

    private static readonly (int Width, int Height)[] Sizes =
        [(480, 360), (640, 480), (320, 240), (320, 240), (480, 360), (320, 240), (240, 180), (240, 180), (160, 120)];

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1) / FramesPerSecond;

    private readonly UpscaleScheduler? _scheduler;
    private readonly double? _budget;
    private readonly Participant[] _participants;
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _speaker;
    private long _ticks;

    /// <summary>A conference that has not begun: pictures are read and coded here.</summary>
    /// <param name="options">How many streams, and what they share.</param>
    /// <exception cref="InvalidOperationException">ffmpeg is missing or has no VP8 encoder.</exception>
    public ConferenceCall(ConferenceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string path = Path.Combine(AppContext.BaseDirectory, "media", "talking-head-720.mp4");
        (int Width, int Height)[] sizes = Sizes[..options.Streams];
        Dictionary<(int, int), ParticipantClip> clips = sizes.Distinct().ToDictionary(size => size, size => ParticipantClip.Read(path, size.Width, size.Height));
        _budget = options.Budget;
        if (_budget is { } budget)
            _scheduler = new UpscaleScheduler(new UpscaleSchedulerOptions { CpuBudget = budget });
        _participants = [.. sizes.Select((size, i) => new Participant(clips[size], offset: 17 * i, options.EnhancerOptions(_scheduler)))];
        Speaker = 0;
        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>Which stream's participant speaks.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stream.</exception>
    public int Speaker
    {
        get => _speaker;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, _participants.Length);
            _speaker = value;
            for (int i = 0; i < _participants.Length; i++)
                _participants[i].Enhancer.Priority = i == value ? SpeakerPriority : 0;
        }
    }

    /// <summary>What the scheduler planned; null without one.</summary>
    public UpscaleSchedulerStats? Schedule => _scheduler?.GetStats();

    /// <summary>Goes on for a while.</summary>
    /// <param name="length">How long.</param>
    /// <returns>What was measured in that time.</returns>
    public ConferencePart Run(TimeSpan length)
    {
        using var process = Process.GetCurrentProcess();
        TimeSpan cpuBefore = process.TotalProcessorTime;
        var before = Array.ConvertAll(_participants, Snapshot.Of);
        long began = Stopwatch.GetTimestamp();
        TimeSpan second = TimeSpan.Zero;
        double secondBegan = TotalSeconds(), worst = 0;
        long end = _ticks + (long)(length / Interval);
        for (; _ticks < end; _ticks++)
        {
            for (int i = 0; i < _participants.Length; i++)
            {
                // Not all at the same moment: every stream has its place within the interval.
                SleepUntil((_ticks + ((double)i / _participants.Length)) * Interval);
                _participants[i].Feed();
            }

            if (Stopwatch.GetElapsedTime(began) - second < TimeSpan.FromSeconds(1))
                continue;
            TimeSpan now = Stopwatch.GetElapsedTime(began);
            worst = Math.Max(worst, (TotalSeconds() - secondBegan) / (now - second).TotalSeconds);
            (second, secondBegan) = (now, TotalSeconds());
        }

        SleepUntil(_ticks * Interval);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        process.Refresh();
        return new ConferencePart
        {
            Streams = [.. _participants.Select((participant, i) => Figures(participant, before[i], elapsed))],
            Budget = _budget,
            ProcessCpuShare = (process.TotalProcessorTime - cpuBefore) / elapsed,
            WorstSecondShare = worst,
        };
    }

    /// <summary>Ends all streams.</summary>
    public void Dispose()
    {
        foreach (Participant participant in _participants)
            participant.Dispose();
    }

    private static StreamFigures Figures(Participant participant, Snapshot before, TimeSpan elapsed)
    {
        var after = Snapshot.Of(participant);
        ShownFrame[] shown = participant.TakeShown();
        double[] delays = Array.ConvertAll(shown, frame => frame.DelayMs);
        Array.Sort(delays);
        TimeSpan spent = after.Stage.TotalTime - before.Stage.TotalTime;
        return new StreamFigures
        {
            Width = participant.Width,
            Height = participant.Height,
            Priority = participant.Enhancer.Priority,
            Frames = after.Video.FramesReceived - before.Video.FramesReceived,
            MadeBy = [.. Enum.GetValues<UpscaleMethod>().Select(method => after.Video.FramesMadeBy(method) - before.Video.FramesMadeBy(method))],
            Reasons = [.. Enum.GetValues<ReasonCode>().Select(reason => after.Stage.FallbackCount(reason) - before.Stage.FallbackCount(reason))],
            MeanMs = spent.TotalMilliseconds / Math.Max(1, after.Stage.Calls - before.Stage.Calls),
            P95DelayMs = delays.Length == 0 ? 0 : delays[(int)Math.Ceiling(0.95 * delays.Length) - 1],
            Late = after.Video.DeadlineMisses - before.Video.DeadlineMisses,
            Slowest = [.. shown.OrderByDescending(frame => frame.DelayMs).Take(SlowestKept)],
            Dropped = after.Video.FramesDropped - before.Video.FramesDropped,
            CpuShare = spent / elapsed,
        };
    }

    private double TotalSeconds() => _participants.Sum(participant => participant.Enhancer.GetStageStats().TotalTime.TotalSeconds);

    private void SleepUntil(TimeSpan time)
    {
        // A sleep in whole milliseconds, rounded up: no core is kept busy by waiting.
        TimeSpan left = time - Stopwatch.GetElapsedTime(_start);
        if (left > TimeSpan.Zero)
            Thread.Sleep((int)Math.Ceiling(left.TotalMilliseconds));
    }

    private readonly record struct Snapshot(InboundVideoStats Video, StageStats Stage)
    {
        public static Snapshot Of(Participant participant) => new(participant.Enhancer.GetStats(), participant.Enhancer.GetStageStats());
    }
}
