using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

public class VideoEnhancerDisposalTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dispose_PrimaryThatIsDisposable_IsDisposedOnce(bool ownThread)
    {
        var stage = new DisposableStage();
        var enhancer = new VideoEnhancer(new NoSink(), new VideoEnhancerOptions { SuperResolutionFactory = () => stage, OwnThread = ownThread });

        enhancer.Dispose();
        enhancer.Dispose();

        Assert.Equal(1, stage.Disposals);
    }

    private sealed class NoSink : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame) => frame.Dispose();
    }

    private sealed class DisposableStage : IStage<SuperResolutionJob>, IDisposable
    {
        public int Disposals { get; private set; }

        public string Name => "test";

        public void Process(scoped ref SuperResolutionJob job)
        {
        }

        public void Observe(scoped in SuperResolutionJob job)
        {
        }

        public void Reset()
        {
        }

        public void Dispose() => Disposals++;
    }
}
