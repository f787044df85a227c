using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video.Reliability;

/// <summary>
/// Item 18: 1 to 9 streams against one budget. Real enhancers on the virtual clock; the filters and networks are stages
/// that take as long as they are told.
/// </summary>
public sealed class Item18ManyStreamsTests : IDisposable
{
    private const double Budget = 0.8;

    private readonly ManualTimeProvider _time = new();
    private readonly UpscaleScheduler _scheduler;
    private readonly List<Stream> _streams = [];

    public Item18ManyStreamsTests()
    {
        UpscalingModelSource.Quality.Load();
        UpscalingModelSource.Fast.Load();
        _scheduler = new UpscaleScheduler(new UpscaleSchedulerOptions { CpuBudget = Budget, Time = _time });
    }

    public void Dispose() => _streams.ForEach(stream => stream.Dispose());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void Item18_AnyNumberOfStreams_StaysInTheBudgetAndKeepsTheLargest(int count)
    {
        Add(480, 360);
        for (int i = 1; i < count; i++)
            Add(320, 240);
        Run(2);
        Forget();

        Run(5);

        Assert.InRange(TakenShare(5), 0, Budget);
        AssertBest(_streams[0], 1);
        AssertNothingIsLateOrLost();
    }

    [Fact]
    public void Item18_StreamsThatJoin_NeverTakeMoreThanTheBudget()
    {
        for (int i = 0; i < 9; i++)
        {
            Add(480, 360);
            Forget();
            Run(1);
            Assert.InRange(TakenShare(1), 0, Budget);
        }

        Forget();
        Run(5);

        AssertBest(_streams[0], 1);
        Assert.Equal(9, _scheduler.GetStats().ActiveStreams);
        AssertNothingIsLateOrLost();
    }

    [Fact]
    public void Item18_ActiveSpeaker_IsKeptAtTheBestStepAndSwitches()
    {
        Add(480, 360);
        for (int i = 1; i < 9; i++)
            Add(480, 360);
        foreach (int speaker in new[] { 4, 8, 2 })
        {
            foreach (Stream stream in _streams)
                stream.Enhancer.Priority = stream == _streams[speaker] ? 1 : 0;
            Run(0.3);
            Forget();
            Run(4);

            AssertBest(_streams[speaker], 1);
            Assert.InRange(TakenShare(4), 0, Budget);
            Assert.True(Others(speaker).Sum(stream => stream.Made(UpscaleMethod.Neural)) <= 120);
        }

        AssertNothingIsLateOrLost();
    }

    [Fact]
    public void Item18_StreamsThatLeaveOrStop_GiveTheirTimeToTheOthers()
    {
        for (int i = 0; i < 4; i++)
            Add(480, 360);
        Run(4);
        Forget();
        Run(2);
        Assert.Equal(0, _streams[3].Made(UpscaleMethod.Neural));

        _streams[0].Dispose();
        _streams.RemoveAt(0);
        _streams[0].IsRunning = false;
        Run(6);
        Forget();
        Run(2);

        Assert.Equal(2, _scheduler.GetStats().ActiveStreams);
        AssertBest(_streams[1], 0.95);
        Assert.InRange(TakenShare(2), 0, Budget);
    }

    [Fact]
    public void Item18_LimitedStream_SaysStreamLimit()
    {
        for (int i = 0; i < 4; i++)
            Add(480, 360);
        Run(4);

        Assert.Equal(ReasonCode.Ok, _streams[0].Enhancer.GetStats().LastReason);
        Assert.Equal(ReasonCode.StreamLimit, _streams[3].Enhancer.GetStats().LastReason);
        Assert.NotNull(_streams[3].Enhancer.GetStats().LastMethod);
    }

    [Fact]
    public void Item18_BudgetBelowTheCheapestFilters_PassesTheLeastImportantThrough()
    {
        var scheduler = new UpscaleScheduler(new UpscaleSchedulerOptions { CpuBudget = 0.05, Time = _time });
        for (int i = 0; i < 9; i++)
            Add(480, 360, scheduler);
        Run(3);
        Forget();
        Run(4);

        Assert.InRange(TakenShare(4), 0, 0.05);
        Assert.Equal(_streams[0].Shown, _streams[0].Made(UpscaleMethod.Bicubic));
        Assert.Equal(_streams[8].Shown, _streams[8].Made(UpscaleMethod.PassThrough));
        Assert.True(scheduler.GetStats().FramesPassedThrough >= _streams[8].Shown);
        AssertNothingIsLateOrLost();
    }

    [Fact]
    public void Item18_StreamThatIsTooSlowByItself_DoesNotHoldTimeThatOthersCouldUse()
    {
        for (int i = 0; i < 3; i++)
            Add(480, 360);
        _streams[0].Slowness = 1.6;
        Run(6);
        Forget();
        Run(4);

        Assert.InRange(_streams[0].Made(UpscaleMethod.Neural), 0, 5);
        AssertBest(_streams[1], 0.9);
        Assert.InRange(TakenShare(4), 0, Budget);
    }

    private IEnumerable<Stream> Others(int speaker) => _streams.Where((_, i) => i != speaker);

    private void Add(int width, int height, UpscaleScheduler? scheduler = null)
        => _streams.Add(new Stream(_time, scheduler ?? _scheduler, width, height, seed: _streams.Count));

    /// <summary>Every stream shows 30 pictures a second, each as soon as its time has come and the machine is free.</summary>
    private void Run(double seconds)
    {
        TimeSpan end = _time.Elapsed + TimeSpan.FromSeconds(seconds);
        while (true)
        {
            Stream? next = _streams.Where(stream => stream.IsRunning).MinBy(stream => stream.NextAt);
            if (next is null || next.NextAt >= end)
                break;
            if (next.NextAt > _time.Elapsed)
                _time.Advance(next.NextAt - _time.Elapsed);
            next.Show();
        }

        if (_time.Elapsed < end)
            _time.Advance(end - _time.Elapsed);
    }

    private void Forget() => _streams.ForEach(stream => stream.Forget());

    private double TakenShare(double seconds) => _streams.Sum(stream => stream.TakenSeconds) / seconds;

    private static void AssertBest(Stream stream, double leastShare)
        => Assert.True(stream.Made(UpscaleMethod.Neural) >= leastShare * stream.Shown, $"{stream.Made(UpscaleMethod.Neural)} of {stream.Shown} frames by the best step");

    private void AssertNothingIsLateOrLost()
    {
        foreach (Stream stream in _streams)
        {
            InboundVideoStats stats = stream.Enhancer.GetStats();
            Assert.Equal((0, 0), (stats.DeadlineMisses, stats.FramesDropped));
            Assert.Equal(stats.FramesReceived, stats.FramesRendered);
        }
    }

    private sealed class Stream : IVideoFrameSink, IDisposable
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1) / 30;

        private readonly ManualTimeProvider _time;
        private readonly VideoFramePool _pool = new(4);
        private readonly int _width;
        private readonly int _height;
        private InboundVideoStats _before;
        private TimeSpan _takenBefore;
        private uint _rtp;

        public Stream(ManualTimeProvider time, UpscaleScheduler scheduler, int width, int height, int seed)
        {
            _time = time;
            (_width, _height) = (width, height);
            NextAt = time.Elapsed + TimeSpan.FromMilliseconds(seed);
            Enhancer = new VideoEnhancer(this, new VideoEnhancerOptions
            {
                Scheduler = scheduler,
                OwnThread = false,
                Time = time,
                UpscalerDecorator = (method, _) => new ScriptedUpscaler(time, SecondsPerPixel(method), this),
            });
        }

        public VideoEnhancer Enhancer { get; }

        public bool IsRunning { get; set; } = true;

        public TimeSpan NextAt { get; private set; }

        /// <summary>What the quality network costs this stream, over what it costs the others.</summary>
        public double Slowness { get; set; } = 1;

        public double TakenSeconds => (Enhancer.GetStageStats().TotalTime - _takenBefore).TotalSeconds;

        public long Shown => Enhancer.GetStats().FramesRendered - _before.FramesRendered;

        public long Made(UpscaleMethod method) => Enhancer.GetStats().FramesMadeBy(method) - _before.FramesMadeBy(method);

        public void Show()
        {
            VideoFrame frame = _pool.Rent(_width, _height)!;
            frame.RtpTimestamp = _rtp += 3000;
            NextAt += Interval;
            Enhancer.Submit(frame);
            Enhancer.RunStep();
        }

        public void OnFrame(VideoFrame frame) => frame.Dispose();

        public void Forget()
        {
            _before = Enhancer.GetStats();
            _takenBefore = Enhancer.GetStageStats().TotalTime;
        }

        public void Dispose() => Enhancer.Dispose();

        /// <summary>Of 960x720: 12, 5, 2.5 and 0.5 ms.</summary>
        private static double SecondsPerPixel(UpscaleMethod method) => method switch
        {
            UpscaleMethod.Neural => 12,
            UpscaleMethod.NeuralFast => 5,
            UpscaleMethod.Easu => 2.5,
            _ => 0.5,
        } / 1000 / (960 * 720);

        /// <summary>Takes as long as it is told, row by row, and leaves the picture as it is.</summary>
        private sealed class ScriptedUpscaler(ManualTimeProvider time, double secondsPerPixel, Stream stream) : IStage<SuperResolutionJob>, IRowBandUpscaler
        {
            private static readonly double SlowestPerPixel = SecondsPerPixel(UpscaleMethod.Neural);

            public string Name => "scripted";

            public void Process(scoped ref SuperResolutionJob job) => ProcessRows(ref job, 0, job.Target.Height);

            public void Begin(scoped ref SuperResolutionJob job)
            {
            }

            public void ProcessRows(scoped ref SuperResolutionJob job, int firstRow, int endRow)
            {
                double seconds = secondsPerPixel * job.Target.Width * (endRow - firstRow);
                time.Advance(TimeSpan.FromSeconds(secondsPerPixel == SlowestPerPixel ? stream.Slowness * seconds : seconds));
            }

            public void Observe(scoped in SuperResolutionJob job)
            {
            }

            public void Reset()
            {
            }
        }
    }
}
