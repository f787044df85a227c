using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

/// <summary>Pictures of 64x48 through an enhancer that has warmed up.</summary>
internal static class SteadyEnhancer
{
    /// <summary>Bytes that a hundred pictures allocate; the networks are to be loaded before.</summary>
    public static long AllocatedBytes(VideoEnhancerOptions options)
    {
        var pool = new VideoFramePool();
        using var enhancer = new VideoEnhancer(new ReturningSink(), options);
        void Feed(int frames)
        {
            for (int i = 0; i < frames; i++)
            {
                enhancer.Submit(pool.Rent(64, 48)!);
                enhancer.RunStep();
            }
        }

        Feed(50);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Feed(100);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private sealed class ReturningSink : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame) => frame.Dispose();
    }
}
