namespace RtcEnhance.Audio.Tests.Concealment;

/// <summary>Networks of the tests: an untrained one, which plays the classical concealment, and one that plays anything.</summary>
internal static class ConcealmentModels
{
    internal static ConcealmentModel Plain { get; } = Load("plain");

    internal static ConcealmentModel Wild { get; } = Load("random");

    private static ConcealmentModel Load(string name)
    {
        using Stream stream = typeof(ConcealmentModels).Assembly.GetManifestResourceStream($"Models/{name}.onnx")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return ConcealmentModel.Load(bytes, name);
    }
}
