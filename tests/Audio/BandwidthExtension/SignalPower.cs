namespace RtcEnhance.Audio.Tests;

internal static class SignalPower
{
    /// <summary>Power of a band of a 48 kHz signal, over overlapping frames, per sample.</summary>
    public static double OfBand(float[] samples, double lowHz, double highHz)
    {
        const int Frame = 1024;
        var fft = new Fft(Frame);
        var window = Window.PeriodicHann(Frame);
        var frame = new float[Frame];
        var real = new float[fft.Bins];
        var imaginary = new float[fft.Bins];
        double power = 0;
        for (var start = 0; start + Frame <= samples.Length; start += Frame / 2)
        {
            for (var i = 0; i < Frame; i++)
                frame[i] = samples[start + i] * window[i];
            fft.Forward(frame, real, imaginary);
            for (var bin = (int)(lowHz * Frame / 48000); bin < (int)(highHz * Frame / 48000); bin++)
                power += real[bin] * real[bin] + imaginary[bin] * imaginary[bin];
        }

        return power / samples.Length;
    }
}
