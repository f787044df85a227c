namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>What the bandwidth-extension benchmark runs on and against. Thread-safe.</summary>
public sealed record BweBenchmarkOptions
{
    /// <summary>Folder of 48 kHz recordings that FFmpeg reads.</summary>
    public required string ClipsDirectory { get; init; }

    /// <summary>Rate that the clips are brought down to: 8000 or 16000 Hz.</summary>
    public int InputRateHz { get; init; } = 16000;

    /// <summary>Outside commands by name, each run as <c>COMMAND IN.wav OUT.wav</c> through the shell.</summary>
    public IReadOnlyDictionary<string, string> Peers { get; init; } = new Dictionary<string, string>();

    /// <summary>Takes every n-th clip; all by default.</summary>
    public int Every { get; init; } = 1;
}
