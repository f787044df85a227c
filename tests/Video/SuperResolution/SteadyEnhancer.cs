using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

/// <summary>Pictures of 64x48 through an enhancer that has warmed up.</summary>
internal static class SteadyEnhancer
{
    /// <summary>Says that a hundred pictures allocate nothing; the networks are to be loaded before.</summary>
    public static void AssertAllocatesNothing(VideoEnhancerOptions options)
    {
        var pool = new VideoFramePool();
        using var enhancer = new VideoEnhancer(new ReturningSink(), options);

        AllocationAssert.None(
            () =>
            {
                enhancer.Submit(pool.Rent(64, 48)!);
                enhancer.RunStep();
            },
            warmUps: 50, runs: 100);
    }

    private sealed class ReturningSink : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame) => frame.Dispose();
    }
}
