using RtcEnhance.Testing;

namespace RtcEnhance.Video.Tests.Depacketization;

internal static class Vectors
{
    public static IReadOnlyList<byte[]> Vp8() => IvfReader.ReadFrames(Read("vp8-q20.ivf"));

    public static IReadOnlyList<byte[]> Vp9() => IvfReader.ReadFrames(Read("vp9-300k.ivf"));

    public static IReadOnlyList<byte[]> Av1() => IvfReader.ReadFrames(Read("av1-300k.ivf"));

    public static IReadOnlyList<byte[]> H264(string file) => H264Packetizer.SplitAccessUnits(Read(file));

    private static byte[] Read(string file)
        => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Depacketization", "Vectors", file));
}
