namespace RtcEnhance.Audio;

/// <summary>Window functions of spectral analysis and filter design. Thread-safe.</summary>
internal static class Window
{
    /// <summary>A Hann window that adds up to one when laid with half its length of overlap.</summary>
    /// <param name="length">Samples, at least 1.</param>
    public static float[] PeriodicHann(int length)
    {
        var window = new float[length];
        for (var i = 0; i < length; i++)
            window[i] = (float)(0.5 - 0.5 * Math.Cos(2 * Math.PI * i / length));
        return window;
    }

    /// <summary>The Kaiser window at one point.</summary>
    /// <param name="position">-1 to 1 from edge to edge; 0 outside.</param>
    /// <param name="beta">Shape: larger is a wider main lobe and lower side lobes.</param>
    public static double Kaiser(double position, double beta) =>
        Math.Abs(position) > 1 ? 0 : BesselI0(beta * Math.Sqrt(1 - position * position)) / BesselI0(beta);

    /// <summary>Kaiser's shape for a wanted stop-band attenuation above 50 dB.</summary>
    public static double KaiserBeta(double attenuationDb) => 0.1102 * (attenuationDb - 8.7);

    private static double BesselI0(double x)
    {
        double sum = 1, term = 1;
        for (var k = 1; term > 1e-18 * sum; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }
}
