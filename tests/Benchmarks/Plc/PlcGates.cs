namespace RtcEnhance.Benchmarks.Plc;

/// <summary>
/// What must not be heard, counted loss by loss at 16 kHz: a jump at a seam that is larger than any near it, in the original
/// and in the output, and a concealment that is louder than what it continues. Thread-safe.
/// </summary>
internal static class PlcGates
{
    private const int Packet = PlcBenchmark.RateHz * PlcBenchmark.PacketMs / 1000;
    private const int Merge = PlcBenchmark.RateHz / 100;
    private const int Near = PlcBenchmark.RateHz / 50;
    private const float Jump = 1.5f;
    private const float Louder = 1.25f;
    private const float Audible = 0.001f;

    /// <summary>Seams with a jump, and concealments louder than the 40 ms before them, of all losses.</summary>
    public static (int Clicks, int Loud, int Losses) Count(float[] original, float[] output, bool[] lost)
    {
        int length = Math.Min(original.Length, output.Length);
        (int clicks, int loud, int losses) = (0, 0, 0);
        for (int packet = 1; packet < lost.Length; packet++)
        {
            if (!lost[packet] || lost[packet - 1])
                continue;
            int start = packet * Packet;
            int after = packet;
            while (after < lost.Length && lost[after])
                after++;
            int end = Math.Min(after * Packet, length);
            if (start >= end)
                break;
            losses++;
            clicks += IsClick(original, output, start, length) ? 1 : 0;
            clicks += end < length && IsClick(original, output, end, length) ? 1 : 0;
            clicks += end + Merge < length && IsClick(original, output, end + Merge, length) ? 1 : 0;
            float before = Peak(output.AsSpan(Math.Max(0, start - (2 * Near))..start));
            loud += Peak(output.AsSpan(start..end)) > Math.Max(Louder * before, Audible) ? 1 : 0;
        }

        return (clicks, loud, losses);
    }

    private static bool IsClick(float[] original, float[] output, int seam, int length)
    {
        float largest = Audible;
        for (int i = Math.Max(1, seam - Near); i < Math.Min(length, seam + Near); i++)
        {
            float step = i == seam ? 0 : Math.Abs(output[i] - output[i - 1]);
            largest = Math.Max(largest, Math.Max(step, Math.Abs(original[i] - original[i - 1])));
        }

        return Math.Abs(output[seam] - output[seam - 1]) > Jump * largest;
    }

    private static float Peak(ReadOnlySpan<float> samples)
    {
        float peak = 0;
        foreach (float sample in samples)
            peak = Math.Max(peak, Math.Abs(sample));
        return peak;
    }
}
