namespace RtcEnhance.Audio;

/// <summary>Linear-phase filters by the window method. Thread-safe.</summary>
internal static class KaiserFilter
{
    /// <summary>Taps of a band-pass with unit gain; a low edge of 0 makes it a low-pass.</summary>
    /// <param name="taps">Number of taps, odd: the delay is half of one less.</param>
    /// <param name="lowHz">-6 dB point.</param>
    /// <param name="highHz">-6 dB point.</param>
    /// <param name="rateHz">Sample rate.</param>
    /// <param name="attenuationDb">Stop-band attenuation, above 50 dB.</param>
    /// <returns>[<paramref name="taps"/>], zero-padded to whole vectors.</returns>
    public static float[] BandPass(int taps, double lowHz, double highHz, double rateHz, double attenuationDb)
    {
        var filter = new float[InnerProduct.PaddedLength(taps)];
        var centre = (taps - 1) / 2;
        var beta = Window.KaiserBeta(attenuationDb);
        for (var i = 0; i < taps; i++)
            filter[i] = (float)((Sinc(i - centre, highHz / rateHz) - Sinc(i - centre, lowHz / rateHz)) * Window.Kaiser((i - centre) / (centre + 1.0), beta));
        return filter;
    }

    /// <summary>The ideal low-pass's response at one sample.</summary>
    private static double Sinc(int n, double cutoff) => n == 0 ? 2 * cutoff : Math.Sin(2 * Math.PI * cutoff * n) / (Math.PI * n);
}
