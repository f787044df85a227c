namespace RtcEnhance.Audio;

/// <summary>
/// The upper band of concealed blocks of a full-band stream: remembers how the bands above 8 kHz stood to those below in
/// what was received, and gives a concealed block as much of them as it lacks. One thread at a time.
/// </summary>
internal sealed class UpperBandContinuation
{
    /// <summary>Share of noise in the carrier's power.</summary>
    public const float NoiseShare = 0.5f;

    private const float FollowStep = 0.3f;
    // Bels per 5 ms: 1 dB in 10 ms.
    private const float Decay = 0.05f;
    private const float LargestGain = 4;
    // Concealment that reaches above 8 kHz by itself is recognised up to here.
    private const double WatchedHz = 12000;

    private readonly float[] _relative;
    private readonly float[] _gains;

    /// <summary>A continuation for one channel.</summary>
    /// <param name="bands">Bands of the plan.</param>
    public UpperBandContinuation(int bands)
    {
        _relative = new float[bands];
        _gains = new float[bands];
        Reset();
    }

    /// <summary>Learns from half a block that was received.</summary>
    public void Observe(BandAnalyzer spectrum, ExtensionPlan plan)
    {
        var reference = UpperBandModel.Reference(spectrum, plan);
        for (var band = plan.FirstBand; band < plan.Bands; band++)
        {
            var (low, high) = plan.BandHz(band);
            _relative[band] += FollowStep * (spectrum.Level(low, high) - reference - _relative[band]);
        }
    }

    /// <summary>Gain of each band for half a block that was concealed.</summary>
    public ReadOnlySpan<float> Measure(BandAnalyzer spectrum, ExtensionPlan plan)
    {
        var reference = UpperBandModel.Reference(spectrum, plan);
        double expected = 0;
        double present = 0;
        for (var band = plan.FirstBand; band < plan.Bands && plan.BandHz(band).High <= WatchedHz; band++)
        {
            var (low, high) = plan.BandHz(band);
            expected += (high - low) * Math.Pow(10, reference + _relative[band]);
            present += (high - low) * spectrum.Power(low, high);
        }

        // Half of it is near enough: concealment's own upper band is not to be meddled with.
        var lacking = (float)Math.Clamp(1 - 2 * present / expected, 0, 1);
        for (var band = plan.FirstBand; band < plan.Bands; band++)
        {
            var target = lacking * MathF.Pow(10, reference + _relative[band]);
            _gains[band] = MathF.Min(LargestGain, MathF.Sqrt(target / UpperBandModel.CarrierPower(spectrum, plan, band, NoiseShare)));
            _relative[band] -= Decay;
        }

        return _gains;
    }

    /// <summary>Forgets the stream: nothing is known of its upper band.</summary>
    public void Reset() => Array.Fill(_relative, -6);
}
