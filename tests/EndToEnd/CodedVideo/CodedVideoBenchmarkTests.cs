using RtcEnhance.Benchmarks;
using RtcEnhance.Benchmarks.CodedVideo;

namespace RtcEnhance.EndToEnd.Tests.CodedVideo;

/// <summary>The whole chain on a small moving pattern: ffmpeg halves, codes and decodes it.</summary>
public sealed class CodedVideoBenchmarkTests : IDisposable
{
    private const int Width = 96;
    private const int Height = 64;

    private static readonly TestClip Clip = new("pattern", "pattern.y4m", null, [10, 60, 800]);

    private readonly string _directory = Directory.CreateTempSubdirectory("rtc-coded-test-").FullName;

    [Fact]
    public void Measure_MoreBits_ComeNearerToTheUncodedPicture()
    {
        WritePattern(20);
        var benchmark = new CodedVideoBenchmark([new StageClipUpscaler("bicubic", UpscaleMethods.Create("bicubic"))], Scratch());

        IReadOnlyList<StreamScore> scores = benchmark.Measure(_directory, Clip);

        Assert.Equal(
            [("none", CallRate.Clean), ("vp8", CallRate.Low), ("vp8", CallRate.Middle), ("vp8", CallRate.High), ("h264", CallRate.Low), ("h264", CallRate.Middle), ("h264", CallRate.High)],
            scores.Select(score => (score.Stream.Codec, score.Stream.Rate)));
        foreach (int first in (int[])[1, 4])
        {
            (StreamScore low, StreamScore high) = (scores[first], scores[first + 2]);
            Assert.InRange(low.PsnrDb, 10, high.PsnrDb - 0.1);
            Assert.InRange(high.PsnrDb, low.PsnrDb, scores[0].PsnrDb + 0.1);
            Assert.InRange(low.Stream.Kbits, 1, high.Stream.Kbits - 1);
        }
    }

    [Fact]
    public void Measure_AtScaleOne_ComparesPicturesOfTheFullSizeAndTwiceTheBits()
    {
        WritePattern(20);
        StageClipUpscaler copy = new("copy", UpscaleMethods.Create("bicubic"), 1);
        StageClipUpscaler restore = new("restore", UpscaleMethods.Create(UpscaleMethods.Restore), 1);

        IReadOnlyList<StreamScore> scores = new CodedVideoBenchmark([copy, restore], Scratch(), scale: 1).Measure(_directory, Clip);
        StreamScore halved = new CodedVideoBenchmark([new StageClipUpscaler("copy", UpscaleMethods.Create("bicubic"))], Scratch()).Measure(_directory, Clip)[4];

        Assert.Equal((double.PositiveInfinity, 0), (scores[0].PsnrDb, scores[0].Flicker));
        Assert.All(scores.Skip(1), score => Assert.InRange(score.PsnrDb, 10, 90));
        Assert.InRange(scores[8].Stream.Kbits, 1.3 * halved.Stream.Kbits, 2.7 * halved.Stream.Kbits);
    }

    [Fact]
    public void Measure_Twice_GivesTheSameFigures()
    {
        WritePattern(12);
        var benchmark = new CodedVideoBenchmark([new StageClipUpscaler("bicubic", UpscaleMethods.Create("bicubic"))], Scratch());

        Assert.Equal(benchmark.Measure(_directory, Clip), benchmark.Measure(_directory, Clip));
    }

    [Fact]
    public void Measure_Peer_GetsTheDecodedPicturesAndIsScoredLikeOurs()
    {
        WritePattern(12);
        string scratch = Scratch();
        string ours = $"{Environment.ProcessPath} {Path.Combine(AppContext.BaseDirectory, "rtc.dll")} upscale --method easu";
        var benchmark = new CodedVideoBenchmark(
            [new StageClipUpscaler("bicubic", UpscaleMethods.Create("bicubic")), new StageClipUpscaler("easu", UpscaleMethods.Create("easu")), new PeerClipUpscaler(new BenchPeer("peer", ours), scratch)],
            scratch);

        IReadOnlyList<StreamScore> scores = benchmark.Measure(_directory, Clip);

        Assert.Equal(21, scores.Count);
        for (int i = 0; i < scores.Count; i += 3)
        {
            Assert.Equal(scores[i + 1] with { Method = "peer" }, scores[i + 2]);
            Assert.NotEqual(scores[i].PsnrDb, scores[i + 1].PsnrDb);
        }
    }

    [Fact]
    public void Upscale_PeerOfAnotherScale_IsRefused()
    {
        var low = new I420Clip(16, 16, [new byte[16 * 16 * 3 / 2]]);
        string thrice = $"{Environment.ProcessPath} {Path.Combine(AppContext.BaseDirectory, "rtc.dll")} upscale --method bilinear --scale 3";
        var peer = new PeerClipUpscaler(new BenchPeer("peer", thrice), _directory);

        Assert.Contains("48x48", Assert.Throws<InvalidOperationException>(() => peer.Upscale(low)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string Scratch() => Directory.CreateDirectory(Path.Combine(_directory, "scratch")).FullName;

    private void WritePattern(int frames)
    {
        var random = new Random(7);
        var texture = new byte[(Width + frames) * Height];
        random.NextBytes(texture);
        new I420Clip(Width, Height, [.. Enumerable.Range(0, frames).Select(Frame)]).Write(Path.Combine(_directory, Clip.File));

        byte[] Frame(int number)
        {
            var frame = new byte[Width * Height * 3 / 2];
            Array.Fill(frame, (byte)128);
            for (int y = 0; y < Height; y++)
            {
                for (int x = 0; x < Width; x++)
                    frame[(y * Width) + x] = (byte)(118 + (50 * Math.Sin((x + number) * 0.2) * Math.Cos(y * 0.15)) + (texture[(y * (Width + frames)) + x + number] / 16));
            }

            return frame;
        }
    }
}
