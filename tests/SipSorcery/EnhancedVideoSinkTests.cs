using System.Net;
using RtcEnhance.Video;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery.Tests;

public sealed class EnhancedVideoSinkTests
{
    private readonly FakeEndPoint _endPoint = new();

    [Theory]
    [InlineData(VideoPixelFormatsEnum.Rgb, 3)]
    [InlineData(VideoPixelFormatsEnum.Bgr, 3)]
    [InlineData(VideoPixelFormatsEnum.Bgra, 4)]
    public void PackedPicture_OfEitherEvent_ComesOutTwiceAsLargeInItsColour(VideoPixelFormatsEnum format, int bytesPerPixel)
    {
        int stride = (20 * bytesPerPixel) + 5;
        var picture = new byte[stride * 10];
        for (int y = 0; y < 10; y++)
        {
            for (int x = 0; x < 20; x++)
                new byte[] { 40, 90, 200, 255 }.AsSpan(0, bytesPerPixel).CopyTo(picture.AsSpan((y * stride) + (x * bytesPerPixel)));
        }

        foreach (bool faster in new[] { false, true })
        {
            using EnhancedVideoSink sink = NewSink();
            var pictures = new List<(byte[] Sample, uint Width, uint Height, int Stride, VideoPixelFormatsEnum Format)>();
            sink.OnVideoSinkDecodedSample += (sample, width, height, outStride, outFormat) => pictures.Add((sample, width, height, outStride, outFormat));

            if (faster)
                _endPoint.RaiseFaster(picture, 20, 10, stride, format);
            else
                _endPoint.Raise(picture, 20, 10, stride, format);
            sink.Enhancer.RunStep();

            (byte[] pixels, uint width, uint height, int outStride, VideoPixelFormatsEnum outFormat) = Assert.Single(pictures);
            Assert.Equal((40u, 20u, 40 * bytesPerPixel, format), (width, height, outStride, outFormat));
            for (int i = 0; i < pixels.Length; i++)
                Assert.InRange(pixels[i] - picture[i % bytesPerPixel], -3, 3);
        }
    }

    [Theory]
    [InlineData(VideoPixelFormatsEnum.I420)]
    [InlineData(VideoPixelFormatsEnum.NV12)]
    public unsafe void PlanarPicture_OfOddSize_ComesOutTwiceAsLarge(VideoPixelFormatsEnum format)
    {
        using EnhancedVideoSink sink = NewSink();
        var picture = new byte[(21 * 11) + (2 * 11 * 6)];
        picture.AsSpan(0, 21 * 11).Fill(120);
        picture.AsSpan(21 * 11).Fill(60);
        var pictures = new List<(int Width, int Height, int Stride, byte First, byte Last)>();
        sink.OnVideoSinkDecodedSampleFaster += image => pictures.Add(
            (image.Width, image.Height, image.Stride, *(byte*)image.Sample, *((byte*)image.Sample + (42 * 22) + (2 * 21 * 11) - 1)));

        _endPoint.RaiseFaster(picture, 21, 11, 21, format);
        sink.Enhancer.RunStep();

        Assert.Equal((42, 22, 42, (byte)120, (byte)60), Assert.Single(pictures));
    }

    [Fact]
    public void Size_ChangesAtAnyPicture_IsFollowed()
    {
        using EnhancedVideoSink sink = NewSink();
        var sizes = new List<(uint, uint)>();
        sink.OnVideoSinkDecodedSample += (_, width, height, _, _) => sizes.Add((width, height));

        foreach ((int width, int height) in new[] { (20, 10), (8, 6), (40, 30) })
        {
            _endPoint.Raise(new byte[3 * width * height], width, height, 3 * width, VideoPixelFormatsEnum.Bgr);
            sink.Enhancer.RunStep();
        }

        Assert.Equal([(40, 20), (16, 12), (80, 60)], sizes);
    }

    [Fact]
    public void PicturesThatAreNone_AreCounted()
    {
        using EnhancedVideoSink sink = NewSink();

        _endPoint.Raise(new byte[800], 20, 10, 80, VideoPixelFormatsEnum.Rgba);
        _endPoint.Raise(new byte[100], 20, 10, 60, VideoPixelFormatsEnum.Rgb);
        _endPoint.Raise([], 0, 0, 0, VideoPixelFormatsEnum.Rgb);
        _endPoint.Raise(new byte[100], 20, 10, 20, VideoPixelFormatsEnum.I420);

        Assert.Equal(4, sink.PicturesRefused);
        Assert.False(sink.Enhancer.RunStep());
    }

    [Fact]
    public void EveryCall_ReachesTheEndPointUntilItIsLetGo()
    {
        EnhancedVideoSink sink = NewSink();
        var remote = new IPEndPoint(IPAddress.Loopback, 5004);

        sink.GotVideoRtp(remote, 1, 2, 3, 96, true, []);
        sink.GotVideoFrame(remote, 3, [], Call.Vp8);
        sink.SetVideoSinkFormat(Call.Vp8);
        sink.RestrictFormats(static _ => true);
        Assert.True(Task.WhenAll(sink.StartVideoSink(), sink.PauseVideoSink(), sink.ResumeVideoSink(), sink.CloseVideoSink()).IsCompleted);

        Assert.Equal(8, _endPoint.Calls.Distinct().Count());
        Assert.Equal([Call.Vp8], sink.GetVideoSinkFormats());
        Assert.True(_endPoint.IsSubscribed);
        sink.Dispose();
        Assert.False(_endPoint.IsSubscribed);
        Assert.Throws<ArgumentNullException>(() => new EnhancedVideoSink(null!));
    }

    private EnhancedVideoSink NewSink()
        => new(_endPoint, new VideoEnhancerOptions { Method = UpscaleMethod.Bicubic, OwnThread = false, Time = new Testing.ManualTimeProvider() });
}
