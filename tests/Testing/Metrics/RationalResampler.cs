namespace RtcEnhance.Testing.Metrics;

/// <summary>
/// Resamples a whole signal by a ratio of integers with a linear-phase low-pass: a sinc under a Kaiser window of
/// beta 5, ten zero crossings a side. In double precision and without delay: for measuring, not for streaming.
/// Thread-safe.
/// </summary>
internal static class RationalResampler
{
    private const double KaiserBeta = 5;
    private const int ZeroCrossings = 10;

    public static double[] Resample(ReadOnlySpan<float> input, int inputHz, int outputHz)
    {
        var divisor = Gcd(inputHz, outputHz);
        var (up, down) = (outputHz / divisor, inputHz / divisor);
        var half = ZeroCrossings * Math.Max(up, down);
        var taps = LowPass(half, Math.Max(up, down), up);
        var output = new double[(int)((((long)input.Length * up) + down - 1) / down)];
        for (var n = 0; n < output.Length; n++)
        {
            // Tap k meets input sample i where k = position - i * up; the zeros stuffed in between are never visited.
            var position = ((long)n * down) + half;
            var last = (int)Math.Min(input.Length - 1, position / up);
            var first = (int)Math.Max(0, (position - (2 * half) + up - 1) / up);
            double sum = 0;
            for (var i = first; i <= last; i++)
                sum += taps[(int)(position - ((long)i * up))] * input[i];
            output[n] = sum;
        }

        return output;
    }

    private static double[] LowPass(int half, int cutoffDivisor, int gain)
    {
        var taps = new double[(2 * half) + 1];
        double sum = 0;
        for (var i = 0; i < taps.Length; i++)
        {
            var x = (double)(i - half) / cutoffDivisor;
            var edge = (double)(i - half) / half;
            var sinc = x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
            taps[i] = sinc * BesselI0(KaiserBeta * Math.Sqrt(Math.Max(0, 1 - (edge * edge))));
            sum += taps[i];
        }

        for (var i = 0; i < taps.Length; i++)
            taps[i] *= gain / sum;
        return taps;
    }

    private static double BesselI0(double x)
    {
        double sum = 1, term = 1;
        for (var k = 1; term > sum * 1e-17; k++)
        {
            term *= x * x / (4.0 * k * k);
            sum += term;
        }

        return sum;
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
