namespace RtcEnhance.Audio;

/// <summary>
/// Turns the spectrum below the cut-off into the gain that each missing band's carrier needs. One thread at a time.
/// </summary>
internal sealed class UpperBandEnvelope
{
    private const float LargestGain = 4;
    // Gains follow a rise within 5 ms and a fall within 10: an onset is a rise of the carrier itself.
    private const float RiseStep = 0.7f;
    private const float FallStep = 0.5f;
    // A concealed block is no measurement: hold, and fade by 1 dB per 10 ms.
    private const float ConcealedDecay = 0.944f;
    // Bels to stay back between words. Rooms hiss less above 8 kHz than speech makes one expect.
    // No margin from 0.8 to 2 keeps the pauses of all voices within 3 dB (models/training/bwe/validate.py --classical-margins).
    private const float NarrowPauseMargin = 0.8f;
    private const float WidePauseMargin = 1.35f;
    // Noise's own short-time spectrum is about 0.5 flat; vowels and hum are not, and would be copied out of tune.
    private const float FlatSpectrum = 0.5f;
    private const float PeakySpectrum = 0.2f;
    private const float MinNoiseShare = 0.25f;

    private readonly float[] _gains = new float[UpperBandModel.Bands];
    private readonly PauseRestraint _pause = new();

    /// <summary>Gain per model band; zero below the cut-off.</summary>
    public ReadOnlySpan<float> Gains => _gains;

    /// <summary>Share of noise in the carrier's power: all of it between words and where the source band is tonal.</summary>
    public float NoiseShare { get; private set; } = MinNoiseShare;

    /// <summary>Takes the newest spectrum into account.</summary>
    /// <param name="spectrum">The analysed input.</param>
    /// <param name="plan">The cut-off in force.</param>
    /// <param name="isFirst">True to take the measurement as it is, unsmoothed.</param>
    public void Measure(BandAnalyzer spectrum, ExtensionPlan plan, bool isFirst)
    {
        var reference = UpperBandModel.Reference(spectrum, plan);
        var voicing = (spectrum.Level(500, 1000) + spectrum.Level(1000, 1500) + spectrum.Level(1500, 2000)) / 3 - reference;
        float? edge = plan.CutoffHz switch
        {
            8000 => spectrum.Level(7000, 7800) - reference,
            4000 => spectrum.Level(3400, 4000) - reference,
            _ => null,
        };
        var margin = plan.IsNarrow ? NarrowPauseMargin : WidePauseMargin;
        var restraint = _pause.Update(reference, margin);
        var tonality = (FlatSpectrum - spectrum.Flatness(plan.CutoffHz - plan.SourceWidthHz, plan.CutoffHz)) / (FlatSpectrum - PeakySpectrum);
        NoiseShare = Math.Clamp(MathF.Max(tonality, restraint / margin), MinNoiseShare, 1);

        _gains.AsSpan(0, plan.FirstBand).Clear();
        for (var band = plan.FirstBand; band < _gains.Length; band++)
        {
            var target = MathF.Pow(10, reference - restraint + UpperBandModel.RelativeLevel(band, plan.IsNarrow, edge, voicing));
            var gain = MathF.Min(LargestGain, MathF.Sqrt(target / UpperBandModel.CarrierPower(spectrum, plan, band, NoiseShare)));
            var step = isFirst ? 1 : gain > _gains[band] ? RiseStep : FallStep;
            _gains[band] += step * (gain - _gains[band]);
        }
    }

    /// <summary>Lets the envelope fade slowly where there is nothing to measure.</summary>
    public void Hold()
    {
        for (var band = 0; band < _gains.Length; band++)
            _gains[band] *= ConcealedDecay;
    }

    /// <summary>Lets the upper band end.</summary>
    public void Silence() => Array.Clear(_gains);

    /// <summary>Forgets the stream.</summary>
    public void Reset()
    {
        Array.Clear(_gains);
        _pause.Reset();
        NoiseShare = MinNoiseShare;
    }
}
