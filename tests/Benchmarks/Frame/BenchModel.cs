namespace RtcEnhance.Benchmarks;

/// <summary>A network from outside the repository, to be measured by our engine.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="Path">A <c>model.onnx</c>.</param>
public sealed record BenchModel(string Name, string Path);
