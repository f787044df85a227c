using System.Numerics;

namespace RtcEnhance.Audio;

/// <summary>
/// Classical bandwidth extension of one channel of speech to 48 kHz: copies of the highest band received, blended with
/// noise, fill the bands above it at levels measured below it. What was received is never altered: the output is
/// <see cref="PlainExtender"/>'s, sample for sample, plus a band above the cut-off. One thread at a time.
/// </summary>
/// <remarks>
/// Where the content ends below the codec's own limit the stage extends from there; a 48 kHz stream that has an upper
/// band gets none, but for what its concealed blocks lack. Digital silence stays digital silence. After another stage's
/// block the upper band fades in over 5 ms while the other's fades out.
/// </remarks>
public sealed class SpectralExtender : IStage<BandwidthExtensionJob>
{
    private const int Half = ExtensionPlan.StepSamples;

    private readonly ExtensionSource _source;
    private readonly UpperBandEnvelope _envelope = new();
    private readonly UpperBandContinuation _continuation = new(UpperBandModel.Bands);
    private readonly UpperBandFilter _filter = new();
    private readonly UpperBandMixer _mixer = new();
    private readonly float[] _noise = new float[Half];
    private readonly float[] _upper = new float[DelayedUpsampler.BlockSamples];
    private bool _isFirst = true;

    /// <summary>A stage for one channel.</summary>
    /// <param name="inputRateHz">8000, 16000 or 48000 Hz.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another rate.</exception>
    public SpectralExtender(int inputRateHz) => _source = new ExtensionSource(inputRateHz, UpperBandModel.Plans);

    /// <inheritdoc/>
    public string Name => "spectral";

    /// <summary>How much later the output is, in samples at 48 kHz: 2.8 ms from 48 kHz, 4.5 ms from 16 kHz, 6.3 ms from 8 kHz.</summary>
    public int DelaySamples => _source.DelaySamples;

    /// <summary>Whether the upper band is added; a change takes effect by a fade of 5 ms. True at first.</summary>
    public bool IsExtending
    {
        get => _mixer.IsExtending;
        set => _mixer.IsExtending = value;
    }

    /// <summary>Where the received content is found to end: 3400, 4000, 6000, 7000 or 8000 Hz, or 24000 where nothing is missing.</summary>
    public int CutoffHz => _source.CutoffHz;

    /// <inheritdoc/>
    public void Process(scoped ref BandwidthExtensionJob job)
    {
        _source.Push(job);
        for (var half = 0; half < 2; half++)
            MakeUpperBand(half, job.IsConcealed, _upper.AsSpan(half * Half, Half));
        _mixer.Mix(_source.Delayed, _upper, job.Output);
    }

    /// <inheritdoc/>
    public void Observe(scoped in BandwidthExtensionJob job)
    {
        _source.Push(job);
        if (!job.IsConcealed)
        {
            for (var half = 0; half < 2; half++)
                Listen(half);
        }

        _mixer.Observe(job.Output, _source.Delayed);
        _filter.Reset();
        _isFirst = true;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _source.Reset();
        _envelope.Reset();
        _continuation.Reset();
        _filter.Reset();
        _mixer.Reset();
        _isFirst = true;
    }

    private void Listen(int half)
    {
        if (_source.Analyze(half, isConcealed: false) && _source.Plan is null)
            _continuation.Observe(_source.Spectrum, _source.WidestPlan);
    }

    private void MakeUpperBand(int half, bool isConcealed, Span<float> upper)
    {
        if (!isConcealed)
            Listen(half);
        if (_source.Plan is { } plan)
        {
            if (isConcealed)
                _envelope.Hold();
            else
                _envelope.Measure(_source.Spectrum, plan, _isFirst);
            _isFirst = false;
            Render(half, plan, _envelope.Gains, _envelope.NoiseShare, upper);
            return;
        }

        if (isConcealed)
        {
            _source.Analyze(half, isConcealed: true);
            Render(half, _source.WidestPlan, _continuation.Measure(_source.Spectrum, _source.WidestPlan), UpperBandContinuation.NoiseShare, upper);
        }
        else if (!_filter.IsSilent)
        {
            _envelope.Silence();
            Render(half, _source.WidestPlan, _envelope.Gains, UpperBandContinuation.NoiseShare, upper);
        }
        else
        {
            upper.Clear();
            _filter.Reset();
            _isFirst = true;
        }
    }

    private void Render(int half, ExtensionPlan plan, ReadOnlySpan<float> gains, float noiseShare, Span<float> upper)
    {
        var carrier = _filter.Carrier;
        _source.MakeCarriers(half, plan, carrier, _noise);
        var copyGain = new Vector<float>(MathF.Sqrt(1 - noiseShare));
        var noiseGain = new Vector<float>(MathF.Sqrt(noiseShare));
        // 240 samples are whole vectors of any width there is.
        for (var n = 0; n < Half; n += Vector<float>.Count)
            (copyGain * new Vector<float>(carrier[n..]) + noiseGain * new Vector<float>(_noise, n)).CopyTo(carrier[n..]);
        _filter.Process(plan, gains, upper);
    }
}
