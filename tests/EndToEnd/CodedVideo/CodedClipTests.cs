using RtcEnhance.Benchmarks.CodedVideo;

namespace RtcEnhance.EndToEnd.Tests.CodedVideo;

public sealed class CodedClipTests
{
    [Fact]
    public void ScoredFrames_LongClip_ArePairsFromTheSixtiethOn()
    {
        IReadOnlyList<int> scored = CodedClip.ScoredFrames(500, 1);

        Assert.Equal([60, 61, 64, 65, 68, 69], scored.Take(6));
        Assert.Equal([116, 117], scored.TakeLast(2));
        Assert.Equal(30, scored.Count);
    }

    [Fact]
    public void ScoredFrames_ShortClip_AreInItsSecondHalf()
        => Assert.Equal([30, 31, 34, 35, 38, 39], CodedClip.ScoredFrames(61, 1).Take(6));

    [Fact]
    public void ScoredFrames_Every_TakesEveryNthPair()
        => Assert.Equal([60, 61, 76, 77, 92, 93, 108, 109], CodedClip.ScoredFrames(120, 4));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ScoredFrames_NoPair_AreNone(int frames) => Assert.Empty(CodedClip.ScoredFrames(frames, 1));
}
