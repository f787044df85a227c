namespace RtcEnhance.Audio;

/// <summary>The mel scale (O'Shaughnessy 1987), on which pitches that sound as far apart are as far apart. Thread-safe.</summary>
internal static class MelScale
{
    /// <summary>Frequencies as far apart on the scale, from 0 to the highest.</summary>
    /// <param name="count">How many, at least 2.</param>
    /// <param name="highestHz">The last one.</param>
    internal static double[] Spread(int count, double highestHz)
    {
        double top = 2595 * Math.Log10(1 + (highestHz / 700));
        var frequencies = new double[count];
        for (int i = 0; i < count; i++)
            frequencies[i] = 700 * (Math.Pow(10, top * i / (count - 1) / 2595) - 1);
        return frequencies;
    }
}
