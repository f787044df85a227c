using System.Numerics;
using RtcEnhance.Inference;

namespace RtcEnhance.Audio;

/// <summary>
/// Bandwidth extension of one channel of speech to 48 kHz by a network, which chooses how much of two sounds goes into each
/// missing band every 5 ms: copies of the highest band received, and noise under its envelope. What was received is never
/// altered. Many streams share a model. One thread at a time.
/// </summary>
/// <remarks>
/// Delay, cut-off, 48 kHz streams, silence and changes of stage are <see cref="SpectralExtender"/>'s.
/// </remarks>
public sealed class NeuralExtender : IStage<BandwidthExtensionJob>
{
    private const int Half = ExtensionPlan.StepSamples;
    private const float LeastLevel = -11;
    private const float MiddleLevel = -7;
    private const float LeastGain = -6;
    private const float LargestGain = 1.5f;
    // Bels by which the new band stays below what the network says. How bright a recording is above wide-band speech cannot be
    // told from what lies below: the network is too bright for one unseen voice and too dim for the next, and too bright is
    // heard sooner. What it costs and saves: models/training/bwe/validate.py --margins. From narrow band there is little to fear.
    internal const float WideMargin = 0.5f;
    internal const float NarrowMargin = 0.1f;

    private static readonly ExtensionPlans Plans = new(ExtensionNetwork.EdgesHz);

    private readonly ExtensionSource _source;
    private readonly ExtensionRun _run;
    private readonly UpperBandContinuation _continuation = new(ExtensionNetwork.Bands);
    private readonly UpperBandFilter _copyFilter = new();
    private readonly UpperBandFilter _noiseFilter = new();
    private readonly UpperBandMixer _mixer = new();
    // [half x carrier x band]
    private readonly float[] _gains = new float[ExtensionNetwork.Outputs];
    private readonly float[] _noise = new float[Half];
    private readonly float[] _upper = new float[DelayedUpsampler.BlockSamples];

    /// <summary>A stage for one channel.</summary>
    /// <param name="model">The network.</param>
    /// <param name="inputRateHz">8000, 16000 or 48000 Hz.</param>
    /// <param name="precision">Arithmetic of the network.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another rate.</exception>
    public NeuralExtender(BandwidthExtensionModel model, int inputRateHz, InferencePrecision precision = InferencePrecision.EightBit)
    {
        ArgumentNullException.ThrowIfNull(model);
        _source = new ExtensionSource(inputRateHz, Plans);
        _run = new ExtensionRun(model.GetWeights(precision));
        Name = model.Info.Id;
    }

    /// <summary>The model's id.</summary>
    public string Name { get; }

    /// <inheritdoc cref="SpectralExtender.DelaySamples"/>
    public int DelaySamples => _source.DelaySamples;

    /// <inheritdoc cref="SpectralExtender.CutoffHz"/>
    public int CutoffHz => _source.CutoffHz;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The network's output is not finite.</exception>
    public void Process(scoped ref BandwidthExtensionJob job)
    {
        _source.Push(job);
        bool isExtended = Listen(job.IsConcealed);
        if (isExtended || !_copyFilter.IsSilent || !_noiseFilter.IsSilent)
        {
            for (int half = 0; half < 2; half++)
                Render(half, _upper.AsSpan(half * Half, Half));
        }
        else
        {
            _upper.AsSpan().Clear();
            _copyFilter.Reset();
            _noiseFilter.Reset();
        }

        _mixer.Mix(_source.Delayed, _upper, job.Output);
    }

    /// <inheritdoc/>
    public void Observe(scoped in BandwidthExtensionJob job)
    {
        _source.Push(job);
        for (int half = 0; half < 2 && !job.IsConcealed; half++)
        {
            if (_source.Analyze(half, isConcealed: false) && _source.Plan is null)
                _continuation.Observe(_source.Spectrum, _source.WidestPlan);
        }

        // It may be left out for its cost: the network begins anew rather than run for nothing.
        _run.Reset();
        _mixer.Observe(job.Output, _source.Delayed);
        _copyFilter.Reset();
        _noiseFilter.Reset();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _source.Reset();
        _run.Reset();
        _continuation.Reset();
        _copyFilter.Reset();
        _noiseFilter.Reset();
        _mixer.Reset();
    }

    /// <summary>Chooses the block's gains.</summary>
    /// <returns>False where nothing is missing.</returns>
    private bool Listen(bool isConcealed)
    {
        for (int half = 0; half < 2; half++)
        {
            bool isAnalyzed = _source.Analyze(half, isConcealed);
            if (isAnalyzed)
                Hear(_run.Heard.Slice(half * ExtensionNetwork.HeardBands, ExtensionNetwork.HeardBands));
            if (_source.Plan is null)
                Continue(half, isConcealed, isAnalyzed);
        }

        if (_source.Plan is not { } plan)
        {
            _run.Reset();
            return isConcealed;
        }

        Ask(plan);
        return true;
    }

    private void Hear(Span<float> heard)
    {
        int cutoffHz = _source.CutoffHz;
        for (int band = 0; band < heard.Length; band++)
        {
            float level = ExtensionNetwork.HeardEdgesHz[band + 1] > cutoffHz
                ? LeastLevel
                : MathF.Max(LeastLevel, _source.Spectrum.Level(ExtensionNetwork.HeardEdgesHz[band], ExtensionNetwork.HeardEdgesHz[band + 1]));
            heard[band] = (level - MiddleLevel) / 2;
        }
    }

    private void Ask(ExtensionPlan plan)
    {
        Span<float> which = _run.Heard[^ExtensionNetwork.CutoffsHz.Length..];
        which.Clear();
        which[Array.IndexOf(ExtensionNetwork.CutoffsHz, (int)plan.CutoffHz)] = 1;
        _run.Step();
        ReadOnlySpan<float> levels = _run.Output;
        float margin = plan.IsNarrow ? NarrowMargin : WideMargin;
        float sum = 0;
        for (int i = 0; i < levels.Length; i++)
        {
            sum += levels[i];
            float level = Math.Clamp(levels[i], LeastGain, LargestGain) - margin;
            _gains[i] = MathF.Pow(10, level / 2);
        }

        if (!float.IsFinite(sum))
            throw new InvalidOperationException("The network's output is not finite.");
    }

    // A full-band stream: nothing, or for a concealed block what it lacks.
    private void Continue(int half, bool isConcealed, bool isAnalyzed)
    {
        Span<float> copies = Gains(half, 0);
        Span<float> noise = Gains(half, 1);
        if (!isConcealed)
        {
            if (isAnalyzed)
                _continuation.Observe(_source.Spectrum, _source.WidestPlan);
            copies.Clear();
            noise.Clear();
            return;
        }

        ReadOnlySpan<float> gains = _continuation.Measure(_source.Spectrum, _source.WidestPlan);
        for (int band = 0; band < gains.Length; band++)
        {
            copies[band] = gains[band] * MathF.Sqrt(1 - UpperBandContinuation.NoiseShare);
            noise[band] = gains[band] * MathF.Sqrt(UpperBandContinuation.NoiseShare);
        }
    }

    private void Render(int half, Span<float> upper)
    {
        ExtensionPlan plan = _source.Plan ?? _source.WidestPlan;
        _source.MakeCarriers(half, plan, _copyFilter.Carrier, _noiseFilter.Carrier);
        _copyFilter.Process(plan, Gains(half, 0), upper);
        _noiseFilter.Process(plan, Gains(half, 1), _noise);
        // 240 samples are whole vectors of any width there is.
        for (int n = 0; n < Half; n += Vector<float>.Count)
            (new Vector<float>(upper[n..]) + new Vector<float>(_noise, n)).CopyTo(upper[n..]);
    }

    private Span<float> Gains(int half, int carrier)
        => _gains.AsSpan(((half * ExtensionNetwork.Carriers) + carrier) * ExtensionNetwork.Bands, ExtensionNetwork.Bands);
}
