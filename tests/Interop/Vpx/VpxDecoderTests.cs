using RtcEnhance.Testing;
using RtcEnhance.Video;
using RtcEnhance.Vpx;

namespace RtcEnhance.Interop.Tests.Vpx;

public class VpxDecoderTests
{
    private readonly VideoFramePool _pool = new();

    [Fact]
    public void Decode_EncodedClip_GivesEveryPictureInOrder()
    {
        using var decoder = new VpxDecoder();
        IReadOnlyList<byte[]> frames = Frames();

        for (int i = 0; i < frames.Count; i++)
        {
            Assert.Equal(VideoDecodeStatus.Ok, decoder.Decode(Frame(frames[i], (uint)i)));
            Assert.True(decoder.TryTakePicture(_pool, out VideoFrame? picture));
            Assert.Equal((176, 144, (uint?)i), (picture!.Width, picture.Height, picture.RtpTimestamp));
            Assert.True(Spread(picture.Y) > 100, "a test pattern has black and white");
            picture.Dispose();
        }

        Assert.False(decoder.TryTakePicture(_pool, out _));
    }

    [Fact]
    public void Decode_DeltaFrameFirst_IsCorruptUntilAKeyFrame()
    {
        using var decoder = new VpxDecoder();
        IReadOnlyList<byte[]> frames = Frames();

        Assert.Equal(VideoDecodeStatus.Corrupt, decoder.Decode(Frame(frames[1], 1)));
        Assert.Equal(VideoDecodeStatus.Ok, decoder.Decode(Frame(frames[4], 4)));
        decoder.Reset();
        Assert.Equal(VideoDecodeStatus.Corrupt, decoder.Decode(Frame(frames[5], 5)));
    }

    [Fact]
    public void Decode_KeyFrameOfHugeSize_IsRefused()
    {
        byte[] frame = [.. Frames()[0]];
        frame[6] = frame[8] = 0xFF;
        frame[7] = frame[9] = 0x3F;
        using var decoder = new VpxDecoder();

        Assert.Equal(VideoDecodeStatus.Corrupt, decoder.Decode(Frame(frame, 0)));
    }

    [Fact]
    public void TryTakePicture_PoolAtItsCap_DropsThePicture()
    {
        var pool = new VideoFramePool(1);
        using VideoFrame held = pool.Rent(16, 16)!;
        using var decoder = new VpxDecoder();
        decoder.Decode(Frame(Frames()[0], 0));

        Assert.True(decoder.TryTakePicture(pool, out VideoFrame? picture));
        Assert.Null(picture);
        Assert.Equal(1, pool.Refused);
    }

    [Fact]
    public void Fuzz_TenThousandMutatedFrames_NeverCrash()
    {
        var random = new Random(7);
        IReadOnlyList<byte[]> frames = Frames();
        using var decoder = new VpxDecoder();
        int ok = 0;
        for (int i = 0; i < 10_000; i++)
        {
            byte[] frame = [.. frames[i % frames.Count]];
            int changes = random.Next(4);
            for (int c = 0; c < changes; c++)
                frame[random.Next(random.Next(2) == 0 ? Math.Min(frame.Length, 40) : frame.Length)] = (byte)random.Next(256);

            // Large sizes are the limit's business and would only cost time here.
            if ((frame[0] & 1) == 0)
                frame[7] = frame[9] = (byte)(frame[7] & 1);
            int length = random.Next(10) == 0 ? random.Next(frame.Length) : frame.Length;
            if (decoder.Decode(Frame(frame.AsMemory(0, length), (uint)i)) == VideoDecodeStatus.Ok)
                ok++;
            while (decoder.TryTakePicture(_pool, out VideoFrame? picture))
                picture?.Dispose();
        }

        Assert.InRange(ok, 1000, 9999);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Load_LibraryIsNotThere_SaysWhatWasTriedAndHowToInstall()
    {
        var e = Assert.Throws<DllNotFoundException>(() => VpxNative.Load(["libvpx-of-nowhere.so.7", "vpx-of-nowhere.dll"]));

        Assert.StartsWith("libvpx was not found (tried libvpx-of-nowhere.so.7, vpx-of-nowhere.dll).", e.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install libvpx7", e.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<byte[]> Frames()
        => IvfReader.ReadFrames(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Depacketization", "Vectors", "vp8-q20.ivf")));

    private static EncodedVideoFrame Frame(ReadOnlyMemory<byte> data, uint timestamp)
        => new() { Codec = VideoCodec.Vp8, RtpTimestamp = timestamp, Data = data, IsKeyFrame = true };

    private static int Spread(PlaneView plane)
    {
        int low = 255;
        int high = 0;
        for (int y = 0; y < plane.Height; y++)
        {
            foreach (byte value in plane.Row(y))
            {
                low = Math.Min(low, value);
                high = Math.Max(high, value);
            }
        }

        return high - low;
    }
}
