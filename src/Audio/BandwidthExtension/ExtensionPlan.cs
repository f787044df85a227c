namespace RtcEnhance.Audio;

/// <summary>
/// What a cut-off fixes once and for all: which bands are missing, which band is copied up and the filters for both.
/// Thread-safe.
/// </summary>
internal sealed class ExtensionPlan
{
    /// <summary>Samples at 48 kHz that are made at once: 5 ms, a whole number of every shift's periods.</summary>
    public const int StepSamples = DelayedUpsampler.BlockSamples / 2;

    /// <summary>Delay of the source filter in samples at 48 kHz.</summary>
    public const int SourceDelaySamples = 48;

    /// <summary>Delay of the shaping filter in samples at 48 kHz.</summary>
    public const int ShapingDelaySamples = 88;

    private const double Rate = DelayedUpsampler.OutputRateHz;
    private const double AttenuationDb = 52;
    private const double Overlap = 0.985;

    private readonly double[] _edgesHz;

    /// <summary>Plans for one cut-off.</summary>
    /// <param name="cutoffHz">3400, 4000, 6000, 7000 or 8000 Hz.</param>
    /// <param name="edgesHz">Edges of the bands that have a gain each, rising; the first at most the cut-off, the last the top.</param>
    public ExtensionPlan(double cutoffHz, double[] edgesHz)
    {
        CutoffHz = cutoffHz;
        _edgesHz = edgesHz;
        SourceWidthHz = IsNarrow ? 2000 : 4000;
        FirstBand = 0;
        while (edgesHz[FirstBand] < cutoffHz)
            FirstBand++;
        BandFilters = new float[Bands - FirstBand][];
        for (var i = 0; i < BandFilters.Length; i++)
        {
            // The first one reaches down into the slope that cut the content off.
            var low = i == 0 ? Overlap * cutoffHz : edgesHz[FirstBand + i];
            BandFilters[i] = KaiserFilter.BandPass(2 * ShapingDelaySamples + 1, low, edgesHz[FirstBand + i + 1], Rate, AttenuationDb);
        }

        SourceRangesHz = new (double, double)[2 * Bands];
        for (var band = FirstBand; band < Bands; band++)
        {
            var (low, high) = BandHz(band);
            var width = Math.Min((high - low) / 2, 500);
            SourceRangesHz[2 * band] = SourceRange(low + (high - low) / 4, width);
            SourceRangesHz[2 * band + 1] = SourceRange(high - (high - low) / 4, width);
        }

        (SourceReal, SourceImaginary) = AnalyticBandPass(cutoffHz - SourceWidthHz / 2.0, SourceWidthHz);
        (ShiftReal, ShiftImaginary) = Shifts();
    }

    /// <summary>Where the input's content ends, Hz.</summary>
    public double CutoffHz { get; }

    /// <summary>True where only the telephone band is known.</summary>
    public bool IsNarrow => CutoffHz <= 4000;

    /// <summary>Width of the band below the cut-off that is copied up, again and again, Hz.</summary>
    public int SourceWidthHz { get; }

    /// <summary>Bands in all, those below the cut-off included.</summary>
    public int Bands => _edgesHz.Length - 1;

    /// <summary>The first missing band.</summary>
    public int FirstBand { get; }

    /// <summary>One band-pass per missing band.</summary>
    public float[][] BandFilters { get; }

    /// <summary>Real part of the filter that makes the source band analytic: the band itself.</summary>
    public float[] SourceReal { get; }

    /// <summary>Imaginary part: the band's Hilbert transform.</summary>
    public float[] SourceImaginary { get; }

    /// <summary>The sum of the complex tones that shift the source band up, over one step, real part.</summary>
    public float[] ShiftReal { get; }

    /// <summary>Imaginary part of <see cref="ShiftReal"/>.</summary>
    public float[] ShiftImaginary { get; }

    /// <summary>
    /// For each band two ranges, Hz, from which the surroundings of its quarters are copied: 2 x band and the
    /// next one. Zeros below the cut-off.
    /// </summary>
    public (double Low, double High)[] SourceRangesHz { get; }

    /// <summary>Where a band lies.</summary>
    public (double Low, double High) BandHz(int band) => (_edgesHz[band], _edgesHz[band + 1]);

    private (double Low, double High) SourceRange(double targetHz, double widthHz)
    {
        var sourceHz = CutoffHz - SourceWidthHz + (targetHz - CutoffHz) % SourceWidthHz;
        var centre = Math.Clamp(sourceHz, CutoffHz - SourceWidthHz + widthHz / 2, CutoffHz - widthHz / 2);
        return (centre - widthHz / 2, centre + widthHz / 2);
    }

    private static (float[] Real, float[] Imaginary) AnalyticBandPass(double centreHz, double widthHz)
    {
        const int Taps = 2 * SourceDelaySamples + 1;
        var real = KaiserFilter.BandPass(Taps, 0, widthHz / 2, Rate, AttenuationDb);
        Array.Resize(ref real, Taps);
        var imaginary = new float[Taps];
        for (var i = 0; i < Taps; i++)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * centreHz / Rate * (i - SourceDelaySamples));
            // A convolution runs the taps backwards, hence the sign.
            imaginary[i] = (float)(-2 * real[i] * sin);
            real[i] = (float)(2 * real[i] * cos);
        }

        return (real, imaginary);
    }

    private (float[] Real, float[] Imaginary) Shifts()
    {
        var copies = (int)Math.Ceiling((_edgesHz[^1] - CutoffHz) / SourceWidthHz);
        var period = (int)Rate / SourceWidthHz;
        var real = new float[StepSamples];
        var imaginary = new float[StepSamples];
        for (var copy = 1; copy <= copies; copy++)
        {
            for (var n = 0; n < real.Length; n++)
            {
                // Quadratic phases keep the copies from peaking together.
                var (sin, cos) = Math.SinCos(2 * Math.PI * copy * (n % period) / period + Math.PI * copy * copy / copies);
                real[n] += (float)cos;
                imaginary[n] += (float)sin;
            }
        }

        return (real, imaginary);
    }
}
