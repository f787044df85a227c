using System.Diagnostics;
using RtcEnhance.Testing.Metrics;
using RtcEnhance.Video;

namespace RtcEnhance.FFmpeg.Tests;

public sealed class FFmpegVideoDecoderTests
{
    private readonly VideoFramePool _pool = new();

    public static TheoryData<VideoCodec> Codecs => [.. Enum.GetValues<VideoCodec>()];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Decode_EncodedClip_GivesFFmpegsPicturesWithoutDelay(VideoCodec codec)
    {
        EncodedClip clip = EncodedClip.Create(codec);
        using var decoder = new FFmpegVideoDecoder(codec);
        double error = 0;

        for (int i = 0; i < clip.Frames.Count; i++)
        {
            using VideoFrame picture = Decode(decoder, clip, i);
            Assert.Equal((320, 180, (uint?)(i * 6000)), (picture.Width, picture.Height, picture.RtpTimestamp));
            Assert.Equal(0, Difference(clip.Decoded[i], picture));
            error += Psnr.MeanSquaredError(clip.Source[i].Y, picture.Y);
        }

        Assert.Equal(20, clip.Frames.Count);
        Assert.InRange(Psnr.FromMeanSquaredError(error / 20), 28, 99);
        Assert.StartsWith("libavcodec ", decoder.Name, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Decode_SizeChangesAtAnyFrame_IsFollowed(VideoCodec codec)
    {
        using var decoder = new FFmpegVideoDecoder(codec);
        EncodedClip[] clips =
        [
            EncodedClip.Create(codec, 176, 144, 2), EncodedClip.Create(codec, 98, 54, 2), EncodedClip.Create(codec, 640, 360, 2), EncodedClip.Create(codec, 16, 16, 2),
        ];

        foreach (EncodedClip clip in (EncodedClip[])[.. clips, .. clips.Reverse()])
        {
            for (int i = 0; i < 2; i++)
            {
                using VideoFrame picture = Decode(decoder, clip, i);
                Assert.Equal(0, Difference(clip.Decoded[i], picture));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Decode_WhatIsNoFrame_IsCorruptUntilAKeyFrame(VideoCodec codec)
    {
        EncodedClip clip = EncodedClip.Create(codec, frames: 12);
        using var decoder = new FFmpegVideoDecoder(codec);

        Assert.Equal(VideoDecodeStatus.Corrupt, decoder.Decode(Frame(codec, clip.Frames[1], 1, isKeyFrame: false)));
        Assert.Equal(VideoDecodeStatus.Corrupt, decoder.Decode(Frame(codec, [], 0)));
        Assert.Equal(VideoDecodeStatus.Corrupt, decoder.Decode(Frame(codec, Enumerable.Repeat((byte)0xA5, 500).ToArray(), 0)));
        Assert.False(decoder.TryTakePicture(_pool, out _));
        Decode(decoder, clip, 0).Dispose();
        decoder.Reset();
        Assert.Equal(VideoDecodeStatus.Corrupt, decoder.Decode(Frame(codec, clip.Frames[1], 1, isKeyFrame: false)));
        Decode(decoder, clip, 10).Dispose();
        Assert.Equal(VideoDecodeStatus.Corrupt, decoder.Decode(Frame(codec == VideoCodec.Vp8 ? VideoCodec.H264 : VideoCodec.Vp8, clip.Frames[0], 0)));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Fuzz_MutatedFrames_NeverCrashAndTheNextKeyFrameIsWhole(VideoCodec codec)
    {
        EncodedClip clip = EncodedClip.Create(codec, 176, 144);
        using var decoder = new FFmpegVideoDecoder(codec);
        var random = new Random(7);
        int ok = 0;
        for (int i = 0; i < 1000; i++)
        {
            byte[] frame = [.. clip.Frames[i % 20]];
            for (int changes = random.Next(4); changes > 0; changes--)
                frame[random.Next(random.Next(2) == 0 ? Math.Min(frame.Length, 40) : frame.Length)] = (byte)random.Next(256);
            int length = random.Next(10) == 0 ? random.Next(frame.Length) : frame.Length;
            if (decoder.Decode(Frame(codec, frame[..length], (uint)i, isKeyFrame: i % 10 == 0)) == VideoDecodeStatus.Ok)
                ok++;
            while (random.Next(4) != 0 && decoder.TryTakePicture(_pool, out VideoFrame? picture))
                picture?.Dispose();
        }

        using (VideoFrame whole = Decode(decoder, clip, 10))
            Assert.Equal(0, Difference(clip.Decoded[10], whole));
        Assert.InRange(ok, 20, 999);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Decode_KeyFrameOfHugeSize_IsCorrupt()
    {
        byte[] frame = [.. EncodedClip.Create(VideoCodec.Vp8, frames: 1).Frames[0]];
        frame[6] = frame[8] = 0xFF;
        frame[7] = frame[9] = 0x3F;
        using var decoder = new FFmpegVideoDecoder(VideoCodec.Vp8);

        Assert.Equal(VideoDecodeStatus.Corrupt, decoder.Decode(Frame(VideoCodec.Vp8, frame, 0)));
    }

    [Theory]
    [InlineData(VideoCodec.H264, "yuv444p")]
    [InlineData(VideoCodec.H264, "yuv420p10le")]
    public void Decode_MoreChromaOrBitsThanI420_IsCorrupt(VideoCodec codec, string pixelFormat)
    {
        EncodedClip clip = EncodedClip.Create(codec, frames: 1, pixelFormat: pixelFormat);
        using var decoder = new FFmpegVideoDecoder(codec);

        Assert.Equal(VideoDecodeStatus.Corrupt, decoder.Decode(Frame(codec, clip.Frames[0], 0)));
    }

    [Theory]
    [InlineData("yuv420p", ColorRange.Limited)]
    [InlineData("yuvj420p", ColorRange.Full)]
    public void TryTakePicture_ColourRange_IsTheStreams(string pixelFormat, ColorRange range)
    {
        EncodedClip clip = EncodedClip.Create(VideoCodec.H264, frames: 1, pixelFormat: pixelFormat);
        using var decoder = new FFmpegVideoDecoder(VideoCodec.H264);

        using VideoFrame picture = Decode(decoder, clip, 0);

        Assert.Equal((range, ColorMatrix.Bt601), (picture.Range, picture.Matrix));
    }

    [Fact]
    public void TryTakePicture_PoolAtItsCap_DropsThePicture()
    {
        var pool = new VideoFramePool(1);
        using VideoFrame held = pool.Rent(16, 16)!;
        EncodedClip clip = EncodedClip.Create(VideoCodec.H264, frames: 1);
        using var decoder = new FFmpegVideoDecoder(VideoCodec.H264);
        decoder.Decode(Frame(VideoCodec.H264, clip.Frames[0], 0));

        Assert.True(decoder.TryTakePicture(pool, out VideoFrame? picture));
        Assert.Null(picture);
        Assert.Equal(1, pool.Refused);
        Assert.False(decoder.TryTakePicture(pool, out _));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Decode_AfterWarmUp_AllocatesNothingManaged(VideoCodec codec)
    {
        EncodedClip clip = EncodedClip.Create(codec, 176, 144);
        using var decoder = new FFmpegVideoDecoder(codec);
        int i = 0;

        AllocationAssert.None(
            () =>
            {
                decoder.Decode(Frame(codec, clip.Frames[i % 20], (uint)i, i % 10 == 0));
                decoder.TryTakePicture(_pool, out VideoFrame? picture);
                picture!.Dispose();
                i++;
            },
            warmUps: 20, runs: 20);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Dispose_ManyDecoders_LeavesNoNativeMemoryBehind(VideoCodec codec)
    {
        EncodedClip clip = EncodedClip.Create(codec, 640, 360, 1);
        CreateAndDispose(codec, clip, 20);
        long before = ResidentBytes();

        CreateAndDispose(codec, clip, 200);

        // One decoder with its pictures has about a megabyte.
        Assert.InRange(ResidentBytes() - before, long.MinValue, 48L << 20);
    }

    [Fact]
    public void Constructor_WrongUse_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FFmpegVideoDecoder((VideoCodec)99));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FFmpegVideoDecoder(VideoCodec.Vp8, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FFmpegVideoDecoder(VideoCodec.Vp8, 17));
    }

    [Fact]
    public void AfterDispose_EveryCall_Throws()
    {
        var decoder = new FFmpegVideoDecoder(VideoCodec.Vp8, threads: 2);
        decoder.Dispose();
        decoder.Dispose();

        Assert.Throws<ObjectDisposedException>(() => decoder.Decode(Frame(VideoCodec.Vp8, [1], 0)));
        Assert.Throws<ObjectDisposedException>(() => decoder.TryTakePicture(_pool, out _));
        Assert.Throws<ObjectDisposedException>(decoder.Reset);
    }

    [Fact]
    public void Find_LibraryIsNotThere_SaysWhatWasTriedAndHowToInstall()
    {
        var e = Assert.Throws<DllNotFoundException>(() => FFmpegLibraries.Find(["/of/nowhere", ""], "libavcodec-of-nowhere.so.1"));

        Assert.StartsWith("libavcodec-of-nowhere.so.1 of FFmpeg was not found (tried /of/nowhere, the system's folders).", e.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install libavcodec59", e.Message, StringComparison.Ordinal);
    }

    private VideoFrame Decode(FFmpegVideoDecoder decoder, EncodedClip clip, int index)
    {
        Assert.Equal(VideoDecodeStatus.Ok, decoder.Decode(Frame(CodecOf(decoder), clip.Frames[index], (uint)(index * 6000), index % 10 == 0)));
        Assert.True(decoder.TryTakePicture(_pool, out VideoFrame? picture));
        return picture!;
    }

    private static VideoCodec CodecOf(FFmpegVideoDecoder decoder) => decoder.Name switch
    {
        "libavcodec vp8" => VideoCodec.Vp8,
        "libavcodec vp9" => VideoCodec.Vp9,
        "libavcodec h264" => VideoCodec.H264,
        _ => VideoCodec.Av1,
    };

    private static EncodedVideoFrame Frame(VideoCodec codec, byte[] data, uint timestamp, bool isKeyFrame = true)
        => new() { Codec = codec, RtpTimestamp = timestamp, Data = data, IsKeyFrame = isKeyFrame };

    private static double Difference(VideoFrame expected, VideoFrame actual)
        => Psnr.MeanSquaredError(expected.Y, actual.Y) + Psnr.MeanSquaredError(expected.U, actual.U) + Psnr.MeanSquaredError(expected.V, actual.V);

    private void CreateAndDispose(VideoCodec codec, EncodedClip clip, int times)
    {
        for (int i = 0; i < times; i++)
        {
            using var decoder = new FFmpegVideoDecoder(codec);
            Decode(decoder, clip, 0).Dispose();
        }
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
