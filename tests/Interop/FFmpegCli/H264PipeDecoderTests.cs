using RtcEnhance.FFmpegCli;
using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Interop.Tests.FFmpegCli;

public class H264PipeDecoderTests
{
    // A busy machine may take seconds to start a process.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly VideoFramePool _pool = new();

    [Theory]
    [InlineData("h264-baseline-qp30.h264")]
    [InlineData("h264-high-qp30.h264")]
    public void Decode_EncodedClip_GivesEachPictureWithNoFrameOfDelay(string file)
    {
        using var decoder = new H264PipeDecoder(pictureTimeout: Patience);
        IReadOnlyList<byte[]> units = Units(file);

        for (int i = 0; i < units.Count; i++)
        {
            Assert.Equal(VideoDecodeStatus.Ok, decoder.Decode(Frame(units[i], (uint)i)));
            Assert.True(decoder.TryTakePicture(_pool, out VideoFrame? picture));
            Assert.Equal((176, 144, (uint?)i), (picture!.Width, picture.Height, picture.RtpTimestamp));
            picture.Dispose();
        }
    }

    [Fact]
    public void Decode_NewSequenceParameterSet_StartsAnewAndGoesOn()
    {
        using var decoder = new H264PipeDecoder(pictureTimeout: Patience);

        foreach (string file in new[] { "h264-baseline-qp30.h264", "h264-high-qp30.h264", "h264-baseline-qp30.h264" })
            Assert.Equal(VideoDecodeStatus.Ok, decoder.Decode(Frame(Units(file)[0], 0)));
    }

    [Fact]
    public void Decode_DeltaFirstOrGarbage_IsCorruptWithoutAProcess()
    {
        using var decoder = new H264PipeDecoder(pictureTimeout: Patience);

        Assert.Equal(VideoDecodeStatus.Corrupt, decoder.Decode(Frame(Units("h264-baseline-qp30.h264")[1], 0)));
        Assert.Equal(VideoDecodeStatus.Corrupt, decoder.Decode(Frame(new byte[100], 0)));
        Assert.Equal(VideoDecodeStatus.Corrupt, decoder.Decode(Frame(Array.Empty<byte>(), 0)));
    }

    [Fact]
    public void Decode_MutatedFrames_NeverThrowsAndRecoversAtAKeyFrame()
    {
        using var decoder = new H264PipeDecoder(pictureTimeout: TimeSpan.FromSeconds(3));
        IReadOnlyList<byte[]> units = Units("h264-baseline-qp30.h264");
        var random = new Random(5);
        for (int i = 0; i < 24; i++)
        {
            byte[] unit = [.. units[i % units.Count]];
            unit[random.Next(unit.Length)] ^= (byte)random.Next(1, 256);
            decoder.Decode(Frame(unit, (uint)i));
            while (decoder.TryTakePicture(_pool, out VideoFrame? picture))
                picture?.Dispose();
        }

        // A frame without an answer is waited for, so this decoder's patience is short: too short for a busy machine at once.
        decoder.Reset();
        Assert.Contains(VideoDecodeStatus.Ok, Enumerable.Range(0, 20).Select(_ => decoder.Decode(Frame(units[0], 99))));
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Decode_ExecutableInAPlaceOfItsOwn_IsTheOneThatRuns()
    {
        string path = FFmpegExecutable.Find().Path;
        using var decoder = new H264PipeDecoder(FFmpegExecutable.At(path), Patience);

        Assert.Equal(VideoDecodeStatus.Ok, decoder.Decode(Frame(Units("h264-baseline-qp30.h264")[0], 0)));
    }

    [Fact]
    public void At_NoSuchFile_NamesIt()
    {
        var e = Assert.Throws<FileNotFoundException>(() => FFmpegExecutable.At("ffmpeg-that-is-not-there"));
        Assert.Contains("ffmpeg-that-is-not-there", e.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<byte[]> Units(string file)
        => H264Packetizer.SplitAccessUnits(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Depacketization", "Vectors", file)));

    private static EncodedVideoFrame Frame(ReadOnlyMemory<byte> data, uint timestamp)
        => new() { Codec = VideoCodec.H264, RtpTimestamp = timestamp, Data = data, IsKeyFrame = true };
}
