using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

/// <summary>Small pictures with known samples.</summary>
internal static class FramesForTests
{
    public static VideoFrame Random(int width, int height, int seed, FrameLayout layout = FrameLayout.I420)
    {
        VideoFrame frame = new VideoFramePool(1).Rent(width, height, layout)!;
        var random = new Random(seed);
        ForEachPlane(frame, plane =>
        {
            for (int y = 0; y < plane.Height; y++)
                random.NextBytes(plane.Row(y));
        });
        return frame;
    }

    public static VideoFrame Constant(int width, int height, byte luma, byte blue, byte red)
    {
        VideoFrame frame = new VideoFramePool(1).Rent(width, height)!;
        Fill(frame.Y, luma);
        Fill(frame.U, blue);
        Fill(frame.V, red);
        return frame;
    }

    public static VideoFrame Empty(int width, int height, FrameLayout layout = FrameLayout.I420)
    {
        VideoFrame frame = new VideoFramePool(1).Rent(width, height, layout)!;
        ForEachPlane(frame, plane => plane.Data.Fill(0xA5));
        return frame;
    }

    public static byte[] Samples(PlaneView plane)
    {
        var samples = new byte[plane.Width * plane.Height];
        for (int y = 0; y < plane.Height; y++)
            plane.Row(y).CopyTo(samples.AsSpan(y * plane.Width));
        return samples;
    }

    public static void ForEachPlane(VideoFrame frame, PlaneAction action)
    {
        action(frame.Y);
        if (frame.Layout == FrameLayout.Nv12)
        {
            action(frame.UV);
            return;
        }

        action(frame.U);
        action(frame.V);
    }

    public static void Upscale(IStage<SuperResolutionJob> upscaler, VideoFrame source, VideoFrame target)
    {
        var job = new SuperResolutionJob { Source = source, Target = target };
        upscaler.Process(ref job);
    }

    private static void Fill(PlaneView plane, byte value)
    {
        for (int y = 0; y < plane.Height; y++)
            plane.Row(y).Fill(value);
    }

    internal delegate void PlaneAction(PlaneView plane);
}
