namespace RtcEnhance.Audio;

/// <summary>
/// What every extender starts from: the input at 48 kHz and delayed, its spectrum, where its content ends, and the
/// carriers made of the band below that. One thread at a time.
/// </summary>
internal sealed class ExtensionSource
{
    /// <summary>Delay beyond the resampler's, in samples at 48 kHz: 2.8 ms.</summary>
    public const int FilterDelaySamples = ExtensionPlan.SourceDelaySamples + ExtensionPlan.ShapingDelaySamples;

    // Of a stream that is settled as full-band, one half-block in so many is analysed.
    private const int SettledFrames = 8;

    private readonly DelayedUpsampler _upsampler;
    private readonly CutoffDetector _cutoff;
    private readonly ExtensionPlans _plans;
    private readonly UpperBandCarrier _carrier = new();
    private int _frames;

    /// <summary>A source for one channel.</summary>
    /// <param name="inputRateHz">8000, 16000 or 48000 Hz.</param>
    /// <param name="plans">The filters.</param>
    public ExtensionSource(int inputRateHz, ExtensionPlans plans)
    {
        _upsampler = new DelayedUpsampler(CheckRate(inputRateHz), FilterDelaySamples);
        Spectrum = new BandAnalyzer(inputRateHz);
        _cutoff = new CutoffDetector(inputRateHz);
        _plans = plans;
        WidestPlan = plans.All[0];
        CutoffHz = _cutoff.Widest;
    }

    /// <summary>How much later the output is, in samples at 48 kHz.</summary>
    public int DelaySamples => _upsampler.DelaySamples;

    /// <summary>The newest spectrum.</summary>
    public BandAnalyzer Spectrum { get; }

    /// <summary>Where the received content is found to end, Hz.</summary>
    public int CutoffHz { get; private set; }

    /// <summary>The cut-off's filters; null where nothing is missing.</summary>
    public ExtensionPlan? Plan => _plans.Find(CutoffHz);

    /// <summary>The filters for what a stream ends at that is not a full-band one, at most.</summary>
    public ExtensionPlan WidestPlan { get; }

    /// <summary>The block at 48 kHz, delayed.</summary>
    public ReadOnlySpan<float> Delayed => _upsampler.Delayed;

    /// <summary>Throws where a stage takes no such rate.</summary>
    public static int CheckRate(int inputRateHz) => inputRateHz is 8000 or 16000 or 48000
        ? inputRateHz
        : throw new ArgumentOutOfRangeException(nameof(inputRateHz), inputRateHz, "Bandwidth extension takes 8000, 16000 or 48000 Hz.");

    /// <summary>Takes in the next 10 ms.</summary>
    /// <exception cref="ArgumentException">The job's spans are no blocks of this stream.</exception>
    public void Push(scoped in BandwidthExtensionJob job)
    {
        CheckJob(job, _upsampler.InputSamples);
        Spectrum.Push(job.Input);
        _upsampler.Push(job.Input);
    }

    /// <summary>Analyses half a block, and looks where it ends unless it was concealed.</summary>
    /// <returns>False where it was left out: now and then is enough for a stream known to be full-band.</returns>
    public bool Analyze(int half, bool isConcealed)
    {
        if (!isConcealed && ++_frames < SettledFrames && _cutoff.IsSettled)
            return false;
        Spectrum.Analyze(half);
        if (!isConcealed)
        {
            CutoffHz = _cutoff.Update(Spectrum, _frames);
            _frames = 0;
        }

        return true;
    }

    /// <summary>Writes the carriers of half a block.</summary>
    /// <param name="half">0 or 1.</param>
    /// <param name="plan">The cut-off's filters.</param>
    /// <param name="copies">240 samples.</param>
    /// <param name="noise">240 samples.</param>
    public void MakeCarriers(int half, ExtensionPlan plan, Span<float> copies, Span<float> noise)
    {
        var line = _upsampler.Line[(FilterDelaySamples - 2 * ExtensionPlan.SourceDelaySamples + half * ExtensionPlan.StepSamples)..];
        _carrier.Process(line, plan, copies, noise);
    }

    /// <summary>Forgets the stream.</summary>
    public void Reset()
    {
        _upsampler.Reset();
        Spectrum.Reset();
        _cutoff.Reset();
        _carrier.Reset();
        _frames = 0;
        CutoffHz = _cutoff.Widest;
    }

    internal static void CheckJob(scoped in BandwidthExtensionJob job, int inputSamples)
    {
        if (job.Input.Length != inputSamples || job.Output.Length != DelayedUpsampler.BlockSamples)
        {
            throw new ArgumentException(
                $"A block is {inputSamples} samples in and {DelayedUpsampler.BlockSamples} out; got {job.Input.Length} and {job.Output.Length}.", nameof(job));
        }
    }
}
