using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video.Scheduling;

/// <summary>
/// Streams that report frames of injected cost to one scheduler on the virtual clock, and always take the best step that
/// they are allowed and that they have.
/// </summary>
internal sealed class SimulatedConference
{
    /// <summary>Milliseconds a frame of 960x720 in each step, dense.</summary>
    public static readonly double[] StepMs = [14, 5, 2.5, 0.5];

    private static readonly UpscaleStep[] Ladder = [UpscaleStep.Neural, UpscaleStep.NeuralFast, UpscaleStep.Easu, UpscaleStep.Bicubic];
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly Random _random = new(7);
    private double _spentMs;
    private double _secondMs;
    private long _secondBegan;

    public SimulatedConference(double budget = 1, double raiseDelaySeconds = 1)
        => Scheduler = new UpscaleScheduler(new UpscaleSchedulerOptions
        {
            CpuBudget = budget,
            RaiseDelay = TimeSpan.FromSeconds(raiseDelaySeconds),
            Time = Time,
        });

    public ManualTimeProvider Time { get; } = new();

    public UpscaleScheduler Scheduler { get; }

    public List<Stream> Streams { get; } = [];

    /// <summary>Cores taken in each whole second since the last <see cref="Forget"/>.</summary>
    public List<double> Shares { get; } = [];

    /// <summary>Changes of any stream's limit since the last <see cref="Forget"/>.</summary>
    public int Changes { get; private set; }

    /// <summary>The limits, a digit for each stream.</summary>
    public string Limits => string.Concat(Streams.Select(stream => stream.Scheduled.Limit));

    public Stream Add(int width = 960, int height = 720, double framesPerSecond = 30, int priority = 0)
    {
        var stream = new Stream(Scheduler.Add(Ladder)) { Pixels = width * height, Interval = TimeSpan.FromSeconds(1 / framesPerSecond), NextAt = Time.Elapsed + (Streams.Count * Millisecond) };
        stream.Scheduled.Priority = priority;
        Streams.Add(stream);
        return stream;
    }

    public void AddMany(int count, int width, int height)
    {
        for (int i = 0; i < count; i++)
            Add(width, height);
    }

    public void Run(double seconds)
    {
        TimeSpan end = Time.Elapsed + TimeSpan.FromSeconds(seconds);
        for (; Time.Elapsed < end; Time.Advance(Millisecond))
        {
            foreach (Stream stream in Streams)
            {
                if (stream.IsRunning && stream.NextAt <= Time.Elapsed)
                    Show(stream);
            }

            if (Time.Elapsed.Ticks - _secondBegan >= TimeSpan.TicksPerSecond)
            {
                Shares.Add((_spentMs - _secondMs) / 1000);
                (_secondMs, _secondBegan) = (_spentMs, Time.Elapsed.Ticks);
            }
        }
    }

    /// <summary>Begins to count shares and changes anew.</summary>
    public void Forget()
    {
        Shares.Clear();
        Changes = 0;
        (_secondMs, _secondBegan) = (_spentMs, Time.Elapsed.Ticks);
    }

    private void Show(Stream stream)
    {
        string before = Limits;
        stream.NextAt += stream.Interval;
        int step = Math.Max(stream.Scheduled.Limit, stream.BestStep);
        double ms = step == Ladder.Length ? 0 : StepMs[step] * stream.Pixels / (960 * 720) * stream.CostFactor;
        if (step == 0)
            ms *= stream.NeuralFactor;
        ms *= 1 + (stream.Noise * ((2 * _random.NextDouble()) - 1));
        ms += stream.StallMs;
        stream.StallMs = 0;
        _spentMs += ms;
        stream.Frames[step]++;
        stream.Scheduled.OnFrame(step, stream.Pixels, TimeSpan.FromMilliseconds(ms), TimeSpan.FromMilliseconds(ms), stream.Interval);
        string after = Limits;
        for (int i = 0; i < after.Length; i++)
            Changes += before[i] != after[i] ? 1 : 0;
    }

    internal sealed class Stream(ScheduledStream scheduled)
    {
        public ScheduledStream Scheduled { get; } = scheduled;

        public int Pixels { get; set; }

        public TimeSpan Interval { get; init; }

        public TimeSpan NextAt { get; set; }

        public bool IsRunning { get; set; } = true;

        /// <summary>What all steps cost, over what they usually cost.</summary>
        public double CostFactor { get; set; } = 1;

        /// <summary>The same of the best step alone: below 1 where parts of the picture stand still.</summary>
        public double NeuralFactor { get; set; } = 1;

        /// <summary>Costs vary by this share, up and down.</summary>
        public double Noise { get; set; }

        /// <summary>The next frame costs as much more.</summary>
        public double StallMs { get; set; }

        /// <summary>The best step that the stream itself has in use.</summary>
        public int BestStep { get; set; }

        public long[] Frames { get; } = new long[Ladder.Length + 1];
    }
}
