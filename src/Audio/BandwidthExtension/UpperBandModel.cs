namespace RtcEnhance.Audio;

/// <summary>
/// Where the missing bands of speech lie, in bels (log10 of power density), from what is left of it. Thread-safe.
/// </summary>
/// <remarks>
/// Two lines fitted by least squares, one for speech known to 7 kHz (wide) and one for speech known to 3.4 kHz
/// (narrow), over 63 minutes of four voices under CC0, CC-BY-SA and public domain. Those voices are brighter than most,
/// and too bright a band is heard sooner than too dim a one, hence the margins. Fitted by
/// models/training/classical-extension/fit.py, which prints these constants.
/// </remarks>
internal static class UpperBandModel
{
    private const float MarginBelow8Khz = 0.2f;
    private const float MarginAbove8Khz = 0.5f;
    // Used where the band just below the cut-off was cut away too: its mean over the fitted voices.
    private const float MeanEdge = -0.5f;

    /// <summary>Edges of the bands, Hz.</summary>
    public static readonly double[] EdgesHz = [3400, 4000, 5000, 6000, 7000, 8000, 9000, 10000, 11500, 13000, 15000, 17000, 20000];
    /// <summary>The filters for these bands.</summary>
    public static readonly ExtensionPlans Plans = new(EdgesHz);

    private static readonly float[] WideOffset = [0, 0, 0, 0, 0.20f, 0.10f, 0.19f, 0.18f, -0.16f, -0.66f, -1.26f, -1.86f];
    private static readonly float[] WideEdgeSlope = [0, 0, 0, 0, 1.09f, 0.63f, 0.42f, 0.51f, 0.57f, 0.64f, 0.64f, 0.64f];
    private static readonly float[] NarrowOffset = [0.19f, 0.06f, -0.18f, -0.36f, -0.43f, -0.34f, -0.17f, -0.25f, -0.48f, -0.79f, -1.39f, -1.99f];
    private static readonly float[] NarrowEdgeSlope = [1.18f, 0.88f, 1.04f, 1.15f, 1.07f, 1.03f, 0.98f, 0.97f, 1.20f, 1.53f, 1.53f, 1.53f];
    private static readonly float[] NarrowVoicedSlope = [0.01f, -0.06f, -0.14f, -0.13f, -0.13f, -0.13f, -0.14f, -0.11f, -0.15f, -0.23f, -0.23f, -0.23f];

    /// <summary>Bands in all, from 3.4 kHz up.</summary>
    public static int Bands => WideOffset.Length;

    /// <summary>Mean level of the bands just below the cut-off, which the missing ones are relative to.</summary>
    public static float Reference(BandAnalyzer spectrum, ExtensionPlan plan)
    {
        if (plan.IsNarrow)
            return (spectrum.Level(2000, 2500) + spectrum.Level(2500, 3000) + spectrum.Level(3000, 3400)) / 3;
        float low = spectrum.Level(4000, 5000) + spectrum.Level(5000, 6000);
        // Of a medium band the highest of the three is missing, and taken to be as strong as the two.
        return plan.CutoffHz <= 6000 ? low / 2 : (low + spectrum.Level(6000, 7000)) / 3;
    }

    /// <summary>Power density that a carrier has in a band before its gain: of the copies, sampled at both quarters, and of noise.</summary>
    public static float CarrierPower(BandAnalyzer spectrum, ExtensionPlan plan, int band, float noiseShare)
    {
        var (first, second) = (plan.SourceRangesHz[2 * band], plan.SourceRangesHz[2 * band + 1]);
        var copied = (spectrum.Power(first.Low, first.High) + spectrum.Power(second.Low, second.High)) / 2;
        return (1 - noiseShare) * copied + noiseShare * spectrum.Power(plan.CutoffHz - plan.SourceWidthHz, plan.CutoffHz);
    }

    /// <summary>Level of one missing band relative to the reference level below the cut-off.</summary>
    /// <param name="band">0 to <see cref="Bands"/> - 1.</param>
    /// <param name="isNarrow">True where only 3.4 or 4 kHz are known.</param>
    /// <param name="edge">Level just below the cut-off relative to the reference, or null where it is cut away.</param>
    /// <param name="voicing">Level of 0.5 to 2 kHz relative to the reference: high in vowels, low in fricatives.</param>
    public static float RelativeLevel(int band, bool isNarrow, float? edge, float voicing)
    {
        var margin = EdgesHz[band] < 8000 ? MarginBelow8Khz : MarginAbove8Khz;
        var slope = Math.Clamp(edge ?? MeanEdge, -2.5f, 0);
        return isNarrow
            ? NarrowOffset[band] + NarrowEdgeSlope[band] * slope + NarrowVoicedSlope[band] * Math.Clamp(voicing, -1, 3) - margin
            : WideOffset[band] + WideEdgeSlope[band] * slope - margin;
    }
}
