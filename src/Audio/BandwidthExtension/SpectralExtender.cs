using System.Numerics;

namespace RtcEnhance.Audio;

/// <summary>
/// Classical bandwidth extension of one channel of speech to 48 kHz: copies of the highest band received, blended with
/// noise, fill the bands above it at levels measured below it. What was received is never altered: the output is
/// <see cref="PlainExtender"/>'s, sample for sample, plus a band above the cut-off. One thread at a time.
/// </summary>
/// <remarks>
/// Where the content ends below the codec's own limit the stage extends from there. Digital silence stays digital
/// silence. After another stage's block the upper band fades in over 5 ms while the other's fades out.
/// </remarks>
public sealed class SpectralExtender : IStage<BandwidthExtensionJob>
{
    /// <summary>Delay beyond the resampler's, in samples at 48 kHz: 2.8 ms.</summary>
    internal const int FilterDelaySamples = ExtensionPlan.SourceDelaySamples + ExtensionPlan.ShapingDelaySamples;

    private const int Half = ExtensionPlan.StepSamples;

    private readonly DelayedUpsampler _upsampler;
    private readonly BandAnalyzer _spectrum;
    private readonly CutoffDetector _cutoff;
    private readonly ExtensionPlan[] _plans;
    private readonly UpperBandEnvelope _envelope = new();
    private readonly UpperBandCarrier _carrier = new();
    private readonly UpperBandFilter _filter = new();
    private readonly OutputHandOver _handOver = new();
    private readonly PeakGain _peakGain = new();
    private readonly float[] _upper = new float[DelayedUpsampler.BlockSamples];
    private ExtensionPlan _plan;
    private bool _isFirst = true;
    private float _fade = 1;

    /// <summary>A stage for one channel.</summary>
    /// <param name="inputRateHz">8000 or 16000 Hz.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another rate.</exception>
    public SpectralExtender(int inputRateHz)
    {
        _upsampler = new DelayedUpsampler(CheckRate(inputRateHz), FilterDelaySamples);
        _spectrum = new BandAnalyzer(inputRateHz);
        _cutoff = new CutoffDetector(inputRateHz);
        _plans = inputRateHz == 16000
            ? [new ExtensionPlan(8000), new ExtensionPlan(7000), new ExtensionPlan(4000), new ExtensionPlan(3400)]
            : [new ExtensionPlan(4000), new ExtensionPlan(3400)];
        _plan = _plans[0];
    }

    /// <inheritdoc/>
    public string Name => "spectral";

    /// <summary>How much later the output is, in samples at 48 kHz: 4.5 ms from 16 kHz, 6.3 ms from 8 kHz.</summary>
    public int DelaySamples => _upsampler.DelaySamples;

    /// <summary>Whether the upper band is added; a change takes effect by a fade of 5 ms. True at first.</summary>
    public bool IsExtending { get; set; } = true;

    /// <summary>Where the received content is found to end: 3400, 4000, 7000 or 8000 Hz.</summary>
    public int CutoffHz => (int)_plan.CutoffHz;

    /// <inheritdoc/>
    public void Process(scoped ref BandwidthExtensionJob job)
    {
        CheckJob(job, _upsampler.InputSamples);
        _spectrum.Push(job.Input);
        _upsampler.Push(job.Input);
        if (_handOver.IsPending)
            _fade = 0;
        for (var half = 0; half < 2; half++)
            MakeUpperBand(half, job.IsConcealed);

        Mix(_upsampler.Delayed, job.Output);
        if (_handOver.IsPending)
            _handOver.LeadOut(job.Output);
    }

    /// <inheritdoc/>
    public void Observe(scoped in BandwidthExtensionJob job)
    {
        CheckJob(job, _upsampler.InputSamples);
        _spectrum.Push(job.Input);
        _upsampler.Push(job.Input);
        _handOver.Observe(job.Output, _upsampler.Delayed);
        _filter.Reset();
        _isFirst = true;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _upsampler.Reset();
        _spectrum.Reset();
        _cutoff.Reset();
        _envelope.Reset();
        _carrier.Reset();
        _filter.Reset();
        _handOver.Reset();
        _peakGain.Reset();
        _plan = _plans[0];
        _isFirst = true;
        _fade = 1;
    }

    internal static int CheckRate(int inputRateHz) => inputRateHz is 8000 or 16000
        ? inputRateHz
        : throw new ArgumentOutOfRangeException(nameof(inputRateHz), inputRateHz, "Bandwidth extension takes 8000 or 16000 Hz.");

    internal static void CheckJob(scoped in BandwidthExtensionJob job, int inputSamples)
    {
        if (job.Input.Length != inputSamples || job.Output.Length != DelayedUpsampler.BlockSamples)
        {
            throw new ArgumentException(
                $"A block is {inputSamples} samples in and {DelayedUpsampler.BlockSamples} out; got {job.Input.Length} and {job.Output.Length}.", nameof(job));
        }
    }

    private void MakeUpperBand(int half, bool isConcealed)
    {
        if (isConcealed)
        {
            _envelope.Hold();
        }
        else
        {
            _spectrum.Analyze(half);
            var cutoffHz = _cutoff.Update(_spectrum);
            while (_plan.CutoffHz != cutoffHz)
                _plan = _plans[(Array.IndexOf(_plans, _plan) + 1) % _plans.Length];
            _envelope.Measure(_spectrum, _plan, _isFirst);
            _isFirst = false;
        }

        var source = _upsampler.Line[(FilterDelaySamples - 2 * ExtensionPlan.SourceDelaySamples + half * Half)..];
        _carrier.Process(source, _plan, _envelope.NoiseShare, _filter.Carrier);
        _filter.Process(_plan, _envelope.Gains, _upper.AsSpan(half * Half, Half));
    }

    private void Mix(ReadOnlySpan<float> low, Span<float> output)
    {
        for (var half = 0; half < 2; half++)
            MixHalf(low.Slice(half * Half, Half), _upper.AsSpan(half * Half, Half), output.Slice(half * Half, Half));
    }

    private void MixHalf(ReadOnlySpan<float> low, ReadOnlySpan<float> upper, Span<float> output)
    {
        _peakGain.Aim(low, upper);
        if (_peakGain.IsFull && IsExtending && _fade == 1)
        {
            // 240 samples are whole vectors of any width there is.
            for (var n = 0; n < Half; n += Vector<float>.Count)
                (new Vector<float>(low[n..]) + new Vector<float>(upper[n..])).CopyTo(output[n..]);
            return;
        }

        var fadeStep = (IsExtending ? 1f : -1f) / OutputHandOver.FadeSamples;
        for (var n = 0; n < Half; n++)
        {
            _fade = Math.Clamp(_fade + fadeStep, 0, 1);
            output[n] = low[n] + _fade * _peakGain.Next() * upper[n];
        }
    }
}
