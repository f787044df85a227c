using RtcEnhance.Video;

namespace RtcEnhance.TrimSmoke;

/// <summary>Frames through the enhancer, packets through the receiver, and a y4m stream there and back.</summary>
internal static class VideoSmoke
{
    public static void Run()
    {
        UpscalingModelSource.Quality.Load();
        UpscalingModelSource.Fast.Load();
        foreach (UpscaleMethod method in Enum.GetValues<UpscaleMethod>())
            Enlarge(method);
        RoundTrip();
        Receive();
    }

    private static void Enlarge(UpscaleMethod method)
    {
        var pool = new VideoFramePool();
        var sink = new LastFrame();
        using var enhancer = new VideoEnhancer(sink, new VideoEnhancerOptions { Method = method, OwnThread = false });
        byte[] pixels = new byte[33 * 21 * 3];
        pixels.AsSpan().Fill(200);
        VideoFrame frame = pool.Rent(33, 21)!;
        Smoke.Require(FrameConverter.TryImport(HostPicture.Contiguous(HostPixelFormat.Bgr24, pixels, 33, 21), frame, out _), "a BGR picture is taken");
        Smoke.Require(enhancer.Submit(frame) && enhancer.RunStep(), "a frame goes through");
        int scale = method == UpscaleMethod.PassThrough ? 1 : 2;
        Smoke.Require(sink.Size == (scale * 33, scale * 21), $"{method} gives the right size");
        Smoke.Require(enhancer.GetStats().FramesRendered == 1 && enhancer.GetStageStats().Calls == scale - 1, "the statistics say so");
    }

    private static void RoundTrip()
    {
        var pool = new VideoFramePool();
        using VideoFrame frame = pool.Rent(6, 4)!;
        frame.Y.Data.Fill(77);
        frame.U.Data.Fill(128);
        frame.V.Data.Fill(128);
        using var stream = new MemoryStream();
        using (var writer = new Y4mWriter(stream, new Y4mHeader { Width = 6, Height = 4 }, leaveOpen: true))
            writer.WriteFrame(frame);
        stream.Position = 0;
        using var reader = new Y4mReader(stream);
        using VideoFrame read = pool.Rent(reader.Header.Width, reader.Header.Height)!;
        Smoke.Require(reader.TryReadFrame(read) && read.Y.Row(3)[5] == 77 && !reader.TryReadFrame(read), "the y4m stream holds what was written");
    }

    private static void Receive()
    {
        var decoder = new GreyDecoder();
        var sink = new LastFrame();
        using var receiver = new VideoReceiver(new VideoReceiverOptions { OwnThread = false }, _ => decoder, sink);
        var frame = new EncodedVideoFrame { Codec = VideoCodec.Vp8, RtpTimestamp = 90, Data = new byte[10], IsKeyFrame = true };
        Smoke.Require(receiver.Submit(frame) && receiver.RunDecodeStep() && sink.Size == (8, 8), "an access unit is decoded");
        receiver.InsertPacket(new RtpPacket(1, 1, 90, 96, true, TimeProvider.System.GetTimestamp(), new byte[] { 0x10, 1, 2, 3 }));
        Smoke.Require(receiver.GetStats().PacketsReceived == 1, "a packet is counted");
    }

    private sealed class LastFrame : IVideoFrameSink
    {
        public (int Width, int Height) Size { get; private set; }

        public void OnFrame(VideoFrame frame)
        {
            Size = (frame.Width, frame.Height);
            frame.Dispose();
        }
    }

    private sealed class GreyDecoder : IVideoDecoder
    {
        private bool _hasPicture;

        public string Name => "grey";

        public VideoDecodeStatus Decode(in EncodedVideoFrame frame)
        {
            _hasPicture = true;
            return VideoDecodeStatus.Ok;
        }

        public bool TryTakePicture(VideoFramePool pool, out VideoFrame? picture)
        {
            picture = _hasPicture ? pool.Rent(8, 8) : null;
            _hasPicture = false;
            return picture is not null;
        }

        public void Reset()
        {
        }

        public void Dispose()
        {
        }
    }
}
