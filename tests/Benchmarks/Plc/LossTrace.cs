namespace RtcEnhance.Benchmarks.Plc;

/// <summary>A loss trace file: one 0 or 1 (or 0.0, 1.0) a packet.</summary>
internal static class LossTrace
{
    // Clips start this many packets apart, so that a set of clips meets all of a trace.
    private const int Stride = 97;

    internal static bool[] Read(string path)
    {
        string[] words = File.ReadAllText(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var lost = new bool[words.Length];
        for (int i = 0; i < lost.Length; i++)
        {
            lost[i] = words[i] switch
            {
                "0" or "0.0" => false,
                "1" or "1.0" => true,
                _ => throw new InvalidDataException($"{path}: entry {i + 1} is '{words[i]}', not 0 or 1."),
            };
        }
        return lost;
    }

    /// <summary>The packets of clip number <paramref name="clip"/>; a trace begins again at its end.</summary>
    internal static bool[] ForClip(bool[] trace, int clip, int packets)
    {
        var lost = new bool[packets];
        for (int p = 0; p < packets; p++)
            lost[p] = trace[(clip * Stride + p) % trace.Length];
        return lost;
    }
}
