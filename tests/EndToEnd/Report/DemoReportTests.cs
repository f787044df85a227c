using System.Text.Json;
using RtcEnhance.Loopback.Report;

namespace RtcEnhance.EndToEnd.Tests.Report;

public class DemoReportTests
{
    [Fact]
    public void ToJson_EveryField_ComesBack()
    {
        var json = SampleReport.Create().ToJson();

        var report = JsonSerializer.Deserialize(json, ReportJson.Default.DemoReport)!;

        Assert.Equal(json, report.ToJson());
        Assert.Equal(19200, report.Audio.ConcealedSamples);
        Assert.Equal("ModelMissing", report.Stages[0].Reasons[0].Name);
        Assert.Null(report.Media);
    }

    [Fact]
    public void ToJson_NumbersThatDoNotExist_ComeBack()
    {
        var sample = SampleReport.Create();
        var report = sample with
        {
            Audio = sample.Audio with { ZeroFill = new AudioQuality(double.NaN, double.NaN, 1), LossFree = null },
            Video = sample.Video with { Baseline = new VideoQuality("bicubic", double.PositiveInfinity, 1) },
        };

        var read = JsonSerializer.Deserialize(report.ToJson(), ReportJson.Default.DemoReport)!;

        Assert.True(double.IsNaN(read.Audio.ZeroFill.Stoi));
        Assert.True(double.IsPositiveInfinity(read.Video.Baseline.PsnrDb));
        Assert.Contains("n/a", report.ToHtml());
    }

    [Fact]
    public void ToJson_EveryField_IsDocumented()
    {
        var readme = File.ReadAllText(Path.Combine(Root(), "examples", "Loopback", "Report", "README.md"));
        using var json = JsonDocument.Parse(SampleReport.Create().ToJson());

        foreach (var name in Names(json.RootElement).Distinct())
            Assert.Contains($"`{name}`", readme);
    }

    [Fact]
    public void ToHtml_Sample_IsBalancedAndSelfContained()
    {
        var html = SampleReport.Create().ToHtml();

        HtmlChecker.AssertBalanced(html);
        Assert.DoesNotContain("http:", html);
        Assert.DoesNotContain("https:", html);
        Assert.DoesNotContain("@import", html);
        foreach (var reference in new[] { " src=\"", " href=\"", "url(" })
        {
            var parts = html.Split(reference);
            Assert.All(parts[1..], part => Assert.StartsWith("data:", part));
        }
    }

    [Fact]
    public void ToHtml_HostileText_IsEscaped()
    {
        const string Hostile = "</code><script>alert('x')</script>\" onload=\"y & z";
        var sample = SampleReport.Create(Hostile);
        var report = sample with
        {
            Network = [sample.Network[0] with { Name = Hostile }],
            Video = sample.Video with { Enhanced = new VideoQuality(Hostile, 1, 1) },
            Stages = [sample.Stages[0] with { Name = Hostile, Reasons = [new NamedCount(Hostile, 1)] }],
        };

        var html = report.ToHtml();

        HtmlChecker.AssertBalanced(html);
        Assert.DoesNotContain("<script>alert", html);
        Assert.DoesNotContain("\" onload=\"", html);
        Assert.Contains("&lt;script&gt;alert(&#39;x&#39;)", html);
    }

    [Fact]
    public void ToHtml_NothingHappened_IsBalanced()
    {
        var sample = SampleReport.Create();
        var report = sample with
        {
            Network = [],
            Stages = [],
            Cpu = [],
            Media = null,
            Audio = sample.Audio with { TotalSamplesReceived = 0, ConcealedSamples = 0, JitterBufferEmittedCount = 0, ConcealedBy = [], Delay = Distribution.FromMilliseconds([]) },
        };

        HtmlChecker.AssertBalanced(report.ToHtml());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 9)]
    [InlineData(161, 121)]
    public void ToHtml_OddFrames_AreShown(int width, int height)
    {
        var sample = SampleReport.Create();
        var report = sample with
        {
            Media = new DemoMedia
            {
                Original = sample.Media!.Original,
                ZeroFill = sample.Media.ZeroFill,
                Enhanced = sample.Media.Enhanced,
                Losses = [],
                Playout = [],
                Frames = [SampleReport.Frame("odd", width, height)],
            },
        };

        var html = report.ToHtml();

        HtmlChecker.AssertBalanced(html);
        Assert.Contains("class=\"compare\"", html);
    }

    [Fact]
    public void ToHtml_LongCall_HoldsItsFirstQuarterMinute()
    {
        var report = SampleReport.Create(seconds: 20);

        var html = report.ToHtml();

        // Four tracks of 15 s, 16 bits, in base64, and a megabyte for plots, styles and script.
        Assert.InRange(html.Length, 4 * 15 * 48000 * 2 * 4 / 3, (4 * 15 * 48000 * 2 * 4 / 3) + 1_000_000);
        Assert.Contains("The page holds the first", html);
    }

    [Fact]
    public void Write_NewDirectory_HoldsBothFiles()
    {
        var directory = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var report = SampleReport.Create();

            report.Write(directory);

            Assert.Equal(report.ToJson() + "\n", File.ReadAllText(Path.Combine(directory, "report.json")));
            Assert.Equal(report.ToHtml(), File.ReadAllText(Path.Combine(directory, "report.html")));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void FromMilliseconds_Durations_AreRankedAndCounted()
    {
        var durations = Enumerable.Range(1, 200).Select(i => i / 64.0).Reverse().ToArray();

        var distribution = Distribution.FromMilliseconds(durations);

        Assert.Equal((100 / 64.0, 190 / 64.0, 198 / 64.0, 200 / 64.0), (distribution.P50Ms, distribution.P95Ms, distribution.P99Ms, distribution.MaxMs));
        Assert.Equal(200, distribution.Buckets.Sum(bucket => bucket.Count));
        Assert.All(distribution.Buckets, bucket => Assert.Equal(
            durations.Count(duration => duration >= bucket.FromMs && duration < bucket.ToMs), bucket.Count));
        Assert.All(distribution.Buckets.Zip(distribution.Buckets.Skip(1)), pair => Assert.Equal(pair.First.ToMs, pair.Second.FromMs));
    }

    [Fact]
    public void FromMilliseconds_Nothing_IsZero()
    {
        var distribution = Distribution.FromMilliseconds([]);

        Assert.Equal((0, 0.0), (distribution.Count, distribution.MaxMs));
        Assert.Empty(distribution.Buckets);
    }

    [Fact]
    public void FromPackets_LossesInARow_AreOneInterval()
    {
        LossInterval[] expected = [new(0, 0.25), new(0.5, 1), new(1.25, 1.5)];

        Assert.Equal(expected, LossInterval.FromPackets([true, false, true, true, false, true], 0.25));
    }

    private static IEnumerable<string> Names(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(field => Names(field.Value).Prepend(field.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Names),
        _ => [],
    };

    private static string Root()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "RtcEnhance.sln")))
            directory = Path.GetDirectoryName(directory)!;
        return directory;
    }
}
