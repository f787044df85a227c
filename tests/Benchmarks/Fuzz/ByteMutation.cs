namespace RtcEnhance.Benchmarks.Fuzz;

/// <summary>Alters valid data: flipped bytes, cut-off ends, inserted and removed pieces. Thread-safe.</summary>
internal static class ByteMutation
{
    private static readonly byte[] Extremes = [0, 1, 0x7F, 0x80, 0xFE, 0xFF];

    /// <summary>An altered copy.</summary>
    /// <param name="valid">Valid data.</param>
    /// <param name="random">Decides what happens to it.</param>
    /// <param name="headerBytes">Every second altered byte lies within these first ones.</param>
    /// <returns>The copy.</returns>
    public static byte[] Alter(ReadOnlySpan<byte> valid, Random random, int headerBytes)
    {
        byte[] data = valid.ToArray();
        for (int n = random.Next(4); n > 0 && data.Length > 0; n--)
        {
            int end = random.Next(2) == 0 ? Math.Min(headerBytes, data.Length) : data.Length;
            data[random.Next(end)] = random.Next(2) == 0 ? Extremes[random.Next(Extremes.Length)] : (byte)random.Next(256);
        }

        return random.Next(6) switch
        {
            0 => data[..random.Next(data.Length + 1)],
            1 => [.. data, .. Noise(random, 64)],
            2 => Spliced(data, random),
            _ => data,
        };
    }

    /// <summary>Random bytes.</summary>
    /// <param name="random">Their source.</param>
    /// <param name="most">Their largest number.</param>
    /// <returns>The bytes.</returns>
    public static byte[] Noise(Random random, int most)
    {
        var noise = new byte[random.Next(most + 1)];
        random.NextBytes(noise);
        return noise;
    }

    private static byte[] Spliced(byte[] data, Random random)
    {
        int from = random.Next(data.Length + 1);
        int to = Math.Min(data.Length, from + random.Next(16));
        return [.. data.AsSpan(0, from), .. Noise(random, 16), .. data.AsSpan(to)];
    }
}
