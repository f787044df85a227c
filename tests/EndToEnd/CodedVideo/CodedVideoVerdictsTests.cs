using RtcEnhance.Benchmarks.CodedVideo;

namespace RtcEnhance.EndToEnd.Tests.CodedVideo;

public sealed class CodedVideoVerdictsTests
{
    private static readonly StreamInfo Clean = new("clip", "none", CallRate.Clean, 0);
    private static readonly StreamInfo Low = new("clip", "vp8", CallRate.Low, 100);
    private static readonly StreamInfo Other = new("other", "vp8", CallRate.Low, 100);
    private static readonly StreamInfo High = new("clip", "h264", CallRate.High, 400);

    [Fact]
    public void Of_MeansOverClips_AreHeldAgainstThePeersByRate()
    {
        IReadOnlyList<CodedVideoVerdict> verdicts = CodedVideoVerdicts.Of(
        [
            .. Scores(Low, bicubic: 30, easu: 30.5, fsrcnnx: 30.7, ours: 31),
            .. Scores(Other, bicubic: 40, easu: 40.5, fsrcnnx: 40.7, ours: 40.8),
            .. Scores(High, bicubic: 35, easu: 35.5, fsrcnnx: 36, ours: 35.6),
        ],
        "ours");

        AssertVerdict(verdicts, CodedVideoMark.AheadOfFsrcnnx, "vp8 low", 0.15, 0.2, isMet: true);
        AssertVerdict(verdicts, CodedVideoMark.AheadOfEasu, "vp8 low", 0.2, 0.4, isMet: true);
        AssertVerdict(verdicts, CodedVideoMark.AheadOfFsrcnnx, "h264 high", 0, -0.4, isMet: false);
        AssertVerdict(verdicts, CodedVideoMark.AheadOfEasu, "h264 high", 0.2, 0.1, isMet: false);
        Assert.Equal(6, verdicts.Count);
    }

    [Fact]
    public void Of_SsimAndFlicker_AreThoseOfTheWorstCodedStream()
    {
        IReadOnlyList<CodedVideoVerdict> verdicts = CodedVideoVerdicts.Of(
        [
            new(Clean, "bicubic", 40, 0.95, 2), new(Clean, "easu", 40, 0.95, 2), new(Clean, "ours", 40, 0.8, 9),
            new(Other, "bicubic", 40, 0.95, 2), new(Other, "easu", 40, 0.95, 2), new(Other, "ours", 40, 0.949, 2),
            new(Low, "bicubic", 30, 0.85, 4), new(Low, "easu", 30, 0.85, 4), new(Low, "ours", 30, 0.86, 5),
        ],
        "ours");

        AssertVerdict(verdicts, CodedVideoMark.SsimOfBicubic, "other vp8 low", 0, -0.001, isMet: false);
        AssertVerdict(verdicts, CodedVideoMark.FlickerOfBicubic, "clip vp8 low", 1.03, 1.25, isMet: false);
    }

    [Fact]
    public void Of_WithoutThePeer_LeavesItsMarksOut()
    {
        IReadOnlyList<CodedVideoVerdict> verdicts = CodedVideoVerdicts.Of(
            [new(Low, "bicubic", 30, 0.85, 4), new(Low, "easu", 30, 0.85, 4), new(Low, "ours", 31, 0.85, 4.12)], "ours");

        Assert.DoesNotContain(verdicts, verdict => verdict.Mark == CodedVideoMark.AheadOfFsrcnnx);
        Assert.All(verdicts, verdict => Assert.True(verdict.IsMet));
        Assert.Equal(3, verdicts.Count);
    }

    private static StreamScore[] Scores(StreamInfo stream, double bicubic, double easu, double fsrcnnx, double ours)
        =>
        [
            new(stream, "bicubic", bicubic, 0.9, 1), new(stream, "easu", easu, 0.9, 1),
            new(stream, CodedVideoVerdicts.Fsrcnnx, fsrcnnx, 0.9, 1), new(stream, "ours", ours, 0.9, 1),
        ];

    private static void AssertVerdict(
        IReadOnlyList<CodedVideoVerdict> verdicts, CodedVideoMark mark, string where, double asked, double found, bool isMet)
    {
        CodedVideoVerdict verdict = Assert.Single(verdicts, verdict => verdict.Mark == mark && verdict.Where == where);
        Assert.Equal(asked, verdict.Asked);
        Assert.Equal(found, verdict.Found, 9);
        Assert.Equal(isMet, verdict.IsMet);
    }
}
