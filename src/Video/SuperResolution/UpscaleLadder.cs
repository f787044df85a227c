namespace RtcEnhance.Video;

/// <summary>
/// The steps of one stream, each the fallback of the one above it: the application's own stage, then from
/// <see cref="VideoEnhancerOptions.Method"/> down, and at the bottom a picture that keeps its size. Every step has its
/// own prediction, circuit and reason, so a stream goes down as far as it must and comes back step by step. One thread
/// at a time; <see cref="Limit"/>, <see cref="LastReason"/> and the statistics may be used from any.
/// </summary>
internal sealed class UpscaleLadder : IDisposable
{
    private const string StageName = "super-resolution";

    // Target rows between two looks at the clock: some 0.3 ms of the edge-adaptive filter at 960 pixels a row.
    private const int RowsPerBand = 32;

    private readonly LadderStep[] _steps;
    private int _limit;
    private int _isDisposed;

    /// <summary>A ladder.</summary>
    /// <param name="options">Valid options.</param>
    public UpscaleLadder(VideoEnhancerOptions options)
    {
        IStage<SuperResolutionJob>? own = options.SuperResolutionFactory?.Invoke();
        var pauses = new PauseForecast();
        UpscaleMethod[] methods = StepsFrom(options.Method, options.Scale);
        var steps = new List<LadderStep>();
        IStage<SuperResolutionJob> below = new NoUpscaler();
        for (int i = methods.Length - 1; i >= 0; i--)
        {
            string name = i == 0 && own is null ? StageName : $"{StageName}.{NameOf(methods[i])}";
            var step = new LadderStep(methods[i], CreateUpscaler(methods[i], options, pauses), below, name, options) { KeepsDeadline = options.Scale == 1 || i < methods.Length - 1 };
            steps.Add(step);
            below = step;
        }

        if (own is not null || methods.Length == 0)
            steps.Add(new LadderStep(null, own, below, StageName, options));
        steps.Reverse();
        _steps = [.. steps];
        NeverEnlarges = own is null && methods.Length == 0;
    }

    /// <summary>
    /// The best step that may be used, counted from the top, 0; beyond the last one the picture keeps its size. May change
    /// at any time.
    /// </summary>
    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>What a scheduler knows the steps by, from the top.</summary>
    public UpscaleStep[] Steps => Array.ConvertAll(_steps, step => step.Method is { } method ? UpscaleStep.Neural + (int)method : UpscaleStep.Own);

    /// <summary>True where no picture is ever enlarged.</summary>
    public bool NeverEnlarges { get; }

    /// <summary>Why the first step made the last picture or did not.</summary>
    public ReasonCode LastReason => _steps[0].LastReason;

    /// <summary>Makes the whole target, unless the outcome says that the picture keeps its size.</summary>
    /// <param name="job">The work.</param>
    /// <param name="budget">Time for it.</param>
    /// <returns>Who made it.</returns>
    public UpscaleOutcome Process(scoped ref SuperResolutionJob job, TimeSpan budget)
    {
        long pixels = (long)job.Target.Width * job.Target.Height;
        int limit = Limit;

        // Where not even the last filter is in time, it has to come back before what it finishes does.
        bool hasFinisher = _steps.Length == 0 || !_steps[^1].IsOut;
        for (int i = 0; i < _steps.Length; i++)
        {
            _steps[i].IsLimited = i < limit;
            _steps[i].HasFinisher = hasFinisher;
            _steps[i].Prepare(pixels, budget);
        }

        _steps[0].Process(ref job);
        for (int i = 0; i < _steps.Length; i++)
        {
            if (_steps[i].MadeLast)
                return Describe(i, job);
        }

        return UpscaleOutcome.PassedThrough;
    }

    /// <summary>Whether there may be something to rehearse.</summary>
    public bool HasTrials
    {
        get
        {
            bool isBelow = false;
            foreach (LadderStep step in _steps)
            {
                if (!isBelow && step.MadeLast)
                    isBelow = true;
                else if (isBelow ? step.IsUnmeasured : step.IsOut)
                    return true;
            }

            return false;
        }
    }

    /// <summary>
    /// Tries the best step that is out of use, and due for a trial, on a picture that is shown already: no frame waits for
    /// it. Where there is none, makes a step ready that frames may have to come down to.
    /// </summary>
    /// <param name="job">The last job, with another target.</param>
    public void Rehearse(scoped ref SuperResolutionJob job)
    {
        bool isBelow = false;
        foreach (LadderStep step in _steps)
        {
            if (!isBelow && step.MadeLast)
                isBelow = true;
            else if (isBelow ? step.MakeReady(ref job) : step.Rehearse(ref job))
                return;
        }
    }

    /// <summary>The first step's statistics; its times are those of whole frames.</summary>
    public StageStats GetStats() => _steps[0].GetStats();

    /// <summary>A step's statistics; null where the ladder has no such step.</summary>
    public StageStats? GetStats(UpscaleMethod method)
    {
        foreach (LadderStep step in _steps)
        {
            if (step.Method == method)
                return step.GetStats();
        }

        return null;
    }

    /// <summary>Disposes the upscalers; a second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        foreach (LadderStep step in _steps)
            step.DisposeUpscaler();
    }

    private UpscaleOutcome Describe(int number, in SuperResolutionJob job)
    {
        LadderStep step = _steps[number];
        UpscaleMethod? method = step.Method;
        if (method is not null && 2 * job.RowsFinishedByFallback > job.Target.Height)
            method = UpscaleMethod.Bicubic;
        bool isClassical = method is not (null or UpscaleMethod.Neural or UpscaleMethod.NeuralFast);
        return new UpscaleOutcome(isClassical ? FrameOrigin.Fallback : FrameOrigin.Primary, method, number, step.LastCost);
    }

    private static UpscaleMethod[] StepsFrom(UpscaleMethod method, double scale) => method switch
    {
        // A filter at scale 1 is a copy: what a network does not restore is handed on as it is.
        _ when scale == 1 => method is UpscaleMethod.Neural or UpscaleMethod.NeuralFast ? [method] : [],
        UpscaleMethod.Neural => [UpscaleMethod.Neural, UpscaleMethod.NeuralFast, UpscaleMethod.Easu, UpscaleMethod.Bicubic],
        UpscaleMethod.NeuralFast => [UpscaleMethod.NeuralFast, UpscaleMethod.Easu, UpscaleMethod.Bicubic],
        UpscaleMethod.Easu or UpscaleMethod.Lanczos => [method, UpscaleMethod.Bicubic],
        UpscaleMethod.Bicubic or UpscaleMethod.Bilinear => [method],
        _ => [],
    };

    private static string NameOf(UpscaleMethod method) => method switch
    {
        UpscaleMethod.Neural => "neural",
        UpscaleMethod.NeuralFast => "neural-fast",
        UpscaleMethod.Easu => "easu",
        UpscaleMethod.Lanczos => "lanczos",
        UpscaleMethod.Bicubic => "bicubic",
        UpscaleMethod.Bilinear => "bilinear",
        _ => "pass-through",
    };

    private static IStage<SuperResolutionJob> CreateUpscaler(UpscaleMethod method, VideoEnhancerOptions options, PauseForecast pauses)
    {
        // At a fraction, what the next whole number's network makes is reduced.
        int scale = (int)Math.Ceiling(options.Scale);
        return method switch
        {
            UpscaleMethod.Neural or UpscaleMethod.NeuralFast when options.Scale == 1 => new NeuralStep(options.RestorationModel, 1, Create),
            UpscaleMethod.Neural => new NeuralStep(options.QualityModel, scale, Create),
            UpscaleMethod.NeuralFast => new NeuralStep(options.FastModel, scale, Create),
            UpscaleMethod.Easu => Banded(new EdgeAdaptiveUpscaler()),
            UpscaleMethod.Lanczos => Banded(new Lanczos3Upscaler()),
            UpscaleMethod.Bicubic => Decorated(method, new BicubicUpscaler()),
            _ => Decorated(method, new BilinearUpscaler()),
        };

        IStage<SuperResolutionJob> Create(UpscalingModel model)
            => Banded(new NeuralUpscaler(model, NeuralStep.PrecisionOf(model), options.ThreadsOfAPicture));

        IStage<SuperResolutionJob> Banded(IStage<SuperResolutionJob> preferred)
            => new BandedUpscaler(
                Decorated(method, preferred), Decorated(UpscaleMethod.Bicubic, new BicubicUpscaler()), RowsPerBand, options.Time) { Pauses = pauses };

        IStage<SuperResolutionJob> Decorated(UpscaleMethod made, IStage<SuperResolutionJob> upscaler)
            => options.UpscalerDecorator?.Invoke(made, upscaler) ?? upscaler;
    }

    /// <summary>The bottom of every ladder: the frame is handed on as it came.</summary>
    private sealed class NoUpscaler : IStage<SuperResolutionJob>
    {
        public string Name => "pass-through";

        public void Process(scoped ref SuperResolutionJob job)
        {
        }

        public void Observe(scoped in SuperResolutionJob job)
        {
        }

        public void Reset()
        {
        }
    }
}
