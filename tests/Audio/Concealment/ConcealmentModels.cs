namespace RtcEnhance.Audio.Tests.Concealment;

/// <summary>Networks of the tests: an untrained one, which plays the classical concealment, and one that plays anything.</summary>
internal static class ConcealmentModels
{
    internal static ConcealmentModel Plain { get; } = Load("plain");

    internal static ConcealmentModel Wild { get; } = Load("random");

    /// <summary>The bytes of a file beside the models.</summary>
    internal static byte[] Read(string file)
    {
        using Stream stream = typeof(ConcealmentModels).Assembly.GetManifestResourceStream($"Models/{file}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static ConcealmentModel Load(string name) => ConcealmentModel.Load(Read($"{name}.onnx"), name);
}
