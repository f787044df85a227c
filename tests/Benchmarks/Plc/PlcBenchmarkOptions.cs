namespace RtcEnhance.Benchmarks.Plc;

/// <summary>What a concealment benchmark runs on.</summary>
/// <param name="ClipsDirectory">Contains the clips, .flac or .wav.</param>
/// <param name="TracesDirectory">Contains the loss traces, <c>NAME.txt</c>.</param>
/// <param name="OutputDirectory">Receives <c>METHOD/TRACE/CLIP.wav</c>, and the inputs and traces that peers read.</param>
public sealed record PlcBenchmarkOptions(string ClipsDirectory, string TracesDirectory, string OutputDirectory)
{
    /// <summary>Names of the traces, without <c>.txt</c>.</summary>
    public IReadOnlyList<string> Traces { get; init; } = ["ge_p10", "ge_p20", "ge_p30"];

    /// <summary>Takes every n-th clip.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Built-in methods, <c>classical</c> or <c>zero</c>; the first is the one all are compared with.</summary>
    public IReadOnlyList<string> Methods { get; init; } = ["classical", "zero"];

    /// <summary>Networks, which run as methods of their name.</summary>
    public IReadOnlyList<(string Name, ConcealmentModel Model)> Models { get; init; } = [];

    /// <summary>
    /// Peers: a name and a command that is run with three more arguments, IN.wav LOSS.txt OUT.wav, as
    /// <c>rtc conceal</c> is. What stands between spaces is one argument.
    /// </summary>
    public IReadOnlyList<(string Name, string Command)> Peers { get; init; } = [];

    /// <summary>Folder of <c>plcmos.js</c> and its model, for which <c>node</c> must find onnxruntime-node; null for none.</summary>
    public string? ScorerDirectory { get; init; }

    /// <summary>Metrics against the reference: name, and score of (reference, degraded, rate).</summary>
    public IReadOnlyList<(string Name, Func<float[], float[], int, double> Score)> Metrics { get; init; } = [];

    /// <summary>Where each step is reported, or null.</summary>
    public Action<string>? Progress { get; init; }
}
