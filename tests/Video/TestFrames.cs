using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

internal static class TestFrames
{
    public static VideoFrame Random(VideoFramePool pool, int width, int height, FrameLayout layout = FrameLayout.I420, int seed = 1)
    {
        VideoFrame frame = pool.Rent(width, height, layout)!;
        var random = new Random(seed);
        for (int plane = 0; plane < Planes(frame); plane++)
        {
            PlaneView view = Plane(frame, plane);
            for (int y = 0; y < view.Height; y++)
                random.NextBytes(view.Row(y));
        }

        return frame;
    }

    public static bool SameContent(VideoFrame a, VideoFrame b)
    {
        if (a.Width != b.Width || a.Height != b.Height || a.Layout != b.Layout)
            return false;
        for (int plane = 0; plane < Planes(a); plane++)
        {
            PlaneView left = Plane(a, plane), right = Plane(b, plane);
            for (int y = 0; y < left.Height; y++)
            {
                if (!left.Row(y).SequenceEqual(right.Row(y)))
                    return false;
            }
        }

        return true;
    }

    private static int Planes(VideoFrame frame) => frame.Layout == FrameLayout.I420 ? 3 : 2;

    private static PlaneView Plane(VideoFrame frame, int plane) => plane switch
    {
        0 => frame.Y,
        1 => frame.Layout == FrameLayout.I420 ? frame.U : frame.UV,
        _ => frame.V,
    };
}
