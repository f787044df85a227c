namespace RtcEnhance.Loopback.Report.Media;

/// <summary>The 8 x 8 forward cosine transform, ITU-T T.81 section A.3.3, by rows and columns. Thread-safe.</summary>
internal static class JpegDct
{
    private static readonly float[] Basis = [.. Enumerable.Range(0, 64).Select(i =>
        (float)((i / 8 == 0 ? Math.Sqrt(0.125) : 0.5) * Math.Cos(((2 * (i % 8)) + 1) * (i / 8) * Math.PI / 16)))];

    public static void Forward(Span<float> block)
    {
        Span<float> rows = stackalloc float[64];
        for (var y = 0; y < 8; y++)
        {
            for (var u = 0; u < 8; u++)
            {
                float sum = 0;
                for (var x = 0; x < 8; x++)
                    sum += block[(y * 8) + x] * Basis[(u * 8) + x];
                rows[(y * 8) + u] = sum;
            }
        }

        for (var u = 0; u < 8; u++)
        {
            for (var v = 0; v < 8; v++)
            {
                float sum = 0;
                for (var y = 0; y < 8; y++)
                    sum += rows[(y * 8) + u] * Basis[(v * 8) + y];
                block[(v * 8) + u] = sum;
            }
        }
    }
}
