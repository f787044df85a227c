using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video.Reliability;

/// <summary>
/// A stream of 30 frames a second through a whole enhancer on a virtual clock, whose steps cost what a test says: each
/// paints its rows in a tone of its own, so that the picture shows who made it.
/// </summary>
internal sealed class LadderCall : IDisposable
{
    public const int Width = 64;
    public const int Height = 180;

    private static readonly TimeSpan FrameInterval = TimeSpan.FromSeconds(1) / 30;

    private readonly VideoFramePool _pool = new();
    private readonly Sink _sink;
    private readonly VideoEnhancer _enhancer;
    private int _height = Height;
    private long _frames;
    private TimeSpan _sliceLeft;

    public LadderCall(UpscalingModelSource? quality = null, UpscalingModelSource? fast = null, UpscaleMethod method = UpscaleMethod.Neural, int scale = 2)
    {
        _sink = new Sink(this);
        _enhancer = new VideoEnhancer(_sink, new VideoEnhancerOptions
        {
            Method = method,
            Scale = scale,
            QualityModel = quality ?? Models.Small,
            FastModel = fast ?? Models.Small,
            OwnThread = false,
            Time = Time,
            Observer = Observer,
            UpscalerDecorator = (made, _) => new PaintingUpscaler(this, made),
        });
    }

    public ManualTimeProvider Time { get; } = new();

    public RecordingObserver Observer { get; } = new();

    public VideoEnhancer Enhancer => _enhancer;

    /// <summary>Milliseconds of a whole frame by step, when nothing else runs.</summary>
    public Dictionary<UpscaleMethod, double> CostMs { get; } = new()
    {
        [UpscaleMethod.Neural] = 10,
        [UpscaleMethod.NeuralFast] = 3,
        [UpscaleMethod.Easu] = 2.5,
        [UpscaleMethod.Bicubic] = 1,
    };

    /// <summary>Milliseconds that each step but the first takes longer when it makes a picture for the first time.</summary>
    public double FirstMs { get; init; }

    /// <summary>Steps that throw.</summary>
    public HashSet<UpscaleMethod> Throwing { get; } = [];

    /// <summary>How much longer everything takes than it should: other processes have the rest, a slice at a time.</summary>
    public double Oversubscription { get; set; } = 1;

    /// <summary>
    /// How long the machine runs this process, and then others, in turn: each frame begins with a slice of its own.
    /// </summary>
    public (TimeSpan Own, TimeSpan Others)? Slices { get; set; }

    /// <summary>Time that the next band takes in addition, once.</summary>
    public TimeSpan Pause { get; set; }

    /// <summary>Time from a frame's submission to its turn.</summary>
    public Func<long, TimeSpan> PickUpAfter { get; set; } = _ => TimeSpan.Zero;

    /// <summary>What made each frame shown.</summary>
    public List<UpscaleMethod?> Made { get; } = [];

    /// <summary>The top step's reason of each frame.</summary>
    public List<ReasonCode> Reasons { get; } = [];

    public InboundVideoStats Stats => _enhancer.GetStats();

    /// <summary>A step's statistics.</summary>
    public StageStats Stage(UpscaleMethod method) => _enhancer.GetStageStats(method)!.Value;

    /// <summary>The methods that made the frames, runs of one as one.</summary>
    public IReadOnlyList<UpscaleMethod?> Steps => RunsOf(Made);

    /// <summary>As <see cref="Steps"/>, without the frames most of which bicubic finished.</summary>
    public IReadOnlyList<UpscaleMethod?> StepsAboveBicubic => RunsOf(Made.Where(made => made != UpscaleMethod.Bicubic));

    /// <summary>Feeds frames for a while; while a frame takes longer than the next one's time, newer ones replace each other.</summary>
    public void Run(TimeSpan span)
    {
        for (TimeSpan end = Time.Elapsed + span; Time.Elapsed < end;)
        {
            TimeSpan due = FrameInterval * (_frames + 1);
            if (Time.Elapsed < due)
                Time.Advance(due - Time.Elapsed);
            while (FrameInterval * (_frames + 1) <= Time.Elapsed)
                Submit();
            Time.Advance(PickUpAfter(_frames));
            _sliceLeft = Slices?.Own ?? TimeSpan.Zero;
            _enhancer.RunStep();
            Reasons.Add(Stats.LastReason);
        }
    }

    /// <summary>The height of the frames from now on; the costs are those of a frame, whatever its size.</summary>
    public void Resize(int height) => _height = height;

    public void Dispose() => _enhancer.Dispose();

    /// <summary>Work of so much processor time, on a machine that others use too.</summary>
    public void Spend(TimeSpan work)
    {
        TimeSpan taken = (work * Oversubscription) + Pause;
        if (Slices is { } slices)
        {
            for (_sliceLeft -= work; _sliceLeft <= TimeSpan.Zero; _sliceLeft += slices.Own)
                taken += slices.Others;
        }

        Time.Advance(taken);
        Pause = TimeSpan.Zero;
    }

    /// <summary>Share of the frames shown since one of them that a step made, and those that bicubic finished for the most part not.</summary>
    public double Share(UpscaleMethod method, int since) => (double)Made.Skip(since).Count(made => made == method) / (Made.Count - since);

    private static List<UpscaleMethod?> RunsOf(IEnumerable<UpscaleMethod?> frames)
    {
        var runs = new List<UpscaleMethod?>();
        foreach (UpscaleMethod? made in frames)
        {
            if (runs.Count == 0 || runs[^1] != made)
                runs.Add(made);
        }

        return runs;
    }

    private void Submit()
    {
        VideoFrame frame = _pool.Rent(Width, _height)!;
        frame.Y.Data.Fill(16);
        frame.U.Data.Fill(128);
        frame.V.Data.Fill(128);
        frame.RtpTimestamp = (uint)(++_frames * 3000);
        _enhancer.Submit(frame);
    }

    private static byte ToneOf(UpscaleMethod method) => (byte)(100 + (10 * (int)method));

    private sealed class Sink(LadderCall call) : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame)
        {
            Assert.Equal(frame.UpscaledBy is null, frame.Width == Width);
            if (frame.UpscaledBy is { } method)
                Assert.Contains(ToneOf(method), frame.Y.Data.ToArray());
            call.Made.Add(frame.UpscaledBy ?? UpscaleMethod.PassThrough);
            frame.Dispose();
        }
    }

    private sealed class PaintingUpscaler(LadderCall call, UpscaleMethod method) : IStage<SuperResolutionJob>, IRowBandUpscaler
    {
        public string Name => $"{method}";

        public void Process(scoped ref SuperResolutionJob job) => ProcessRows(ref job, 0, job.Target.Height);

        public void Observe(scoped in SuperResolutionJob job)
        {
        }

        public void Reset()
        {
        }

        private bool _hasBegun = method == UpscaleMethod.Neural;

        public void Begin(scoped ref SuperResolutionJob job)
        {
            // What finishes other steps is prepared with them.
            if (!_hasBegun && method != UpscaleMethod.Bicubic)
                call.Spend(TimeSpan.FromMilliseconds(call.FirstMs));
            _hasBegun = true;
        }

        public void ProcessRows(scoped ref SuperResolutionJob job, int firstRow, int endRow)
        {
            for (int y = firstRow; y < endRow; y++)
                job.Target.Y.Row(y).Fill(ToneOf(method));
            call.Spend(TimeSpan.FromMilliseconds(call.CostMs[method] * (endRow - firstRow) / job.Target.Height));
            if (call.Throwing.Contains(method))
                throw new InvalidOperationException($"{method} is broken");
        }
    }
}
