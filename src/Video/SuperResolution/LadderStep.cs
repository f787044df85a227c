namespace RtcEnhance.Video;

/// <summary>
/// One step of the ladder: its upscaler where it is admitted, else the steps below it. As a stage, it is the fallback of
/// the step above. One thread at a time.
/// </summary>
internal sealed class LadderStep : IStage<SuperResolutionJob>
{
    /// <summary>Frames that a step of the library's own is judged by: more than a quarter of them too slow are too many.</summary>
    private const int Window = 20;

    private readonly IStage<SuperResolutionJob>? _upscaler;
    private readonly BudgetedStage<SuperResolutionJob> _stage;
    private readonly PipelineObserver? _observer;
    private bool _toldFault;

    /// <summary>A step.</summary>
    /// <param name="method">What it is; null for the application's own stage.</param>
    /// <param name="upscaler">Makes the picture; null where the stream keeps its size.</param>
    /// <param name="below">The steps below.</param>
    /// <param name="name">The step in statistics and events.</param>
    /// <param name="options">Budget and breaks, clock and observer.</param>
    public LadderStep(
        UpscaleMethod? method, IStage<SuperResolutionJob>? upscaler, IStage<SuperResolutionJob> below, string name, VideoEnhancerOptions options)
    {
        Method = method;
        _upscaler = upscaler;
        _observer = options.Observer;
        _stage = new BudgetedStage<SuperResolutionJob>(
            upscaler, below, GetBudget(options.Enhancement.SuperResolution), options.Time, options.Observer, ReasonCode.Disabled, name);
    }

    public string Name => _stage.Name;

    public UpscaleMethod? Method { get; }

    /// <summary>Keeps the step out of the jobs that come.</summary>
    public bool IsLimited { get; set; }

    /// <summary>Whether the step is in use, but has made no picture of this size.</summary>
    public bool IsUnmeasured => _stage.IsUnmeasured;

    /// <summary>False while what ends this step's frames in time is out of use itself.</summary>
    public bool HasFinisher { get; set; } = true;

    /// <summary>Whether the step is out of use, or on trial.</summary>
    public bool IsOut => _stage.Circuit != CircuitState.Closed;

    /// <summary>
    /// False for the last filter of a ladder, which is measured against the budget alone: a frame that is late already
    /// is enlarged all the same.
    /// </summary>
    public bool KeepsDeadline { get; init; } = true;

    public ReasonCode LastReason => _stage.LastReason;

    /// <summary>Whether this step, and none below it, made the last picture that came to it.</summary>
    public bool MadeLast => _stage.LastRoute == StageRoute.Primary;

    public TimeSpan LastCost => _stage.LastCost;

    /// <summary>Says what the next job is.</summary>
    /// <param name="pixels">Of the enlarged picture.</param>
    /// <param name="budget">Time for it.</param>
    public void Prepare(long pixels, TimeSpan budget)
    {
        _stage.SetWork(pixels);
        _stage.Budget = budget;
    }

    public void Process(scoped ref SuperResolutionJob job)
        => _stage.Process(ref job, KeepsDeadline ? job.Deadline : Deadline.None, GetRefusal());

    /// <summary>Tries the step on a picture that is shown already, where it is out of use and due for that.</summary>
    /// <returns>False where there was nothing to try.</returns>
    public bool Rehearse(scoped ref SuperResolutionJob job) => GetRefusal() == ReasonCode.Ok && _stage.Rehearse(ref job, job.Deadline.Remaining());

    /// <summary>Has the step make a picture that is shown already, where it has made none of this size: its memory is taken then.</summary>
    /// <returns>False where there was nothing to do.</returns>
    public bool MakeReady(scoped ref SuperResolutionJob job) => GetRefusal() == ReasonCode.Ok && _stage.MakeReady(ref job, job.Deadline.Remaining());

    public void Observe(scoped in SuperResolutionJob job) => _stage.Observe(in job);

    public void Reset() => _stage.Reset();

    public StageStats GetStats() => _stage.GetStats();

    /// <summary>Disposes the upscaler where it can be; what it throws is reported.</summary>
    public void DisposeUpscaler()
    {
        try
        {
            (_upscaler as IDisposable)?.Dispose();
        }
        catch (Exception exception)
        {
            _observer?.NotifyStageFaulted(Name, exception);
        }
    }

    private BudgetOptions GetBudget(BudgetOptions given) => Method is null ? given : new BudgetOptions
    {
        Budget = given.Budget,
        Headroom = given.Headroom,
        Window = Window,
        FirstBreak = given.FirstBreak,
        MaxBreak = given.MaxBreak,
        ToleratesStalls = true,
        Rehearses = _upscaler is ISelfLimitingStage,
    };

    private ReasonCode GetRefusal()
    {
        if (_upscaler is ISelfLimitingStage && !HasFinisher)
            return ReasonCode.OverBudget;
        if (_upscaler is not NeuralStep neural)
            return IsLimited ? ReasonCode.StreamLimit : _upscaler is BandedUpscaler && !UpscalerWarmUp.IsDone ? ReasonCode.Warming : ReasonCode.Ok;
        ReasonCode readiness = neural.Readiness;
        if (readiness is ReasonCode.ModelMissing or ReasonCode.ModelInvalid && !_toldFault)
        {
            _toldFault = true;
            _observer?.NotifyStageFaulted(Name, neural.Fault!);
        }

        return readiness == ReasonCode.Ok && IsLimited ? ReasonCode.StreamLimit : readiness;
    }
}
