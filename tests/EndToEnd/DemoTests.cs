using RtcEnhance.Loopback;
using RtcEnhance.Loopback.Report;

namespace RtcEnhance.EndToEnd.Tests;

/// <summary>The main job on the virtual clock: a real call through real codecs, short.</summary>
public sealed class DemoTests(DemoCalls calls) : IClassFixture<DemoCalls>
{
    private static readonly string[] Plain = ["--upscale", "bicubic"];
    private static readonly string[] Untouched = ["--upscale", "passthrough", "--delay", "150"];

    [Theory]
    [InlineData("opus", "vp8", "neural", "neural")]
    [InlineData("pcmu", "h264", "neural-fast", "neural-fast")]
    [InlineData("g722", "vp8", "bicubic", "bicubic")]
    public void Demo_LossyCall_SoundsBetterAndShowsEnlargedPictures(string audio, string video, string method, string maker)
    {
        (DemoReport report, string directory) = calls.Run("--codec", audio, "--video", video, "--upscale", method);

        Assert.True(report.Network[0].PacketsLost > 0);
        Assert.True(report.Audio.ConcealedSamples > 0);
        Assert.True(report.Audio.Enhanced.Stoi > report.Audio.ZeroFill.Stoi, $"STOI {report.Audio.ZeroFill.Stoi} -> {report.Audio.Enhanced.Stoi}");
        Assert.True(report.Audio.LossFree!.Stoi > report.Audio.Enhanced.Stoi);
        Assert.True(report.Audio.Enhanced.Lsd < report.Audio.ZeroFill.Lsd, $"LSD {report.Audio.ZeroFill.Lsd} -> {report.Audio.Enhanced.Lsd}");
        Assert.Equal((480, 360, 960, 720), (report.Video.DecodedWidth, report.Video.DecodedHeight, report.Video.FrameWidth, report.Video.FrameHeight));
        Assert.Equal(new NamedCount(maker, report.Video.FramesRendered), Assert.Single(report.Video.UpscaledBy));
        Assert.True(report.Video.Enhanced.PsnrDb > 38, $"{report.Video.Enhanced.PsnrDb} dB");
        foreach (string file in new[] { "report.html", "report.json", "original.wav", "before.wav", "after.wav", "before.mp4", "after.mp4" })
            Assert.True(new FileInfo(Path.Combine(directory, file)).Length > 0, file);
        Assert.Empty(Directory.GetFiles(directory, "*.tmp"));
    }

    [Fact]
    public void Demo_LossyCall_AccountsForEverySampleAndKeepsLipsToVoice()
    {
        (DemoReport report, _) = calls.Run(Plain);

        AudioFigures audio = report.Audio;
        Assert.Equal(audio.TotalSamplesReceived, audio.ReceivedSamples + audio.ConcealedSamples + audio.StretchedSamples + audio.ComfortNoiseSamples + audio.SilenceSamples);
        Assert.Null(audio.FixedDelayMs);
        Assert.Equal(audio.TotalSamplesReceived / 480, report.Media!.Playout.Count);
        Assert.True(report.Sync.Frames > 20, $"{report.Sync.Frames} frames");
        Assert.True(report.Sync.WithinLimitPercent > 90, $"{report.Sync.WithinLimitPercent} % within {SyncFigures.LimitMs} ms");
    }

    [Fact]
    public void Demo_FixedDelay_IsKept()
    {
        (DemoReport report, _) = calls.Run(Untouched);

        Assert.Equal(150, report.Audio.FixedDelayMs);
        Assert.All(report.Media!.Playout, step => Assert.Equal(150, step.TargetMs));
    }

    [Fact]
    public void Demo_PassThrough_IsInTheReport()
    {
        (DemoReport report, _) = calls.Run(Untouched);

        Assert.Equal(new NamedCount("passed through", report.Video.FramesRendered), Assert.Single(report.Video.UpscaledBy));
        Assert.True(report.Video.Enhanced.PsnrDb > 38, $"{report.Video.Enhanced.PsnrDb} dB");
    }

    [Fact]
    public void Demo_SameSeed_RepeatsExactly()
    {
        (DemoReport first, string firstDirectory) = calls.Run(Plain);
        (DemoReport second, string secondDirectory) = calls.Run([.. Plain, "--seed", "4"]);

        Assert.NotEqual(firstDirectory, secondDirectory);
        Assert.Equal(first.Network, second.Network);
        Assert.Equal(first.Audio.ConcealedSamples, second.Audio.ConcealedSamples);
        Assert.Equal(File.ReadAllBytes(Path.Combine(firstDirectory, "after.wav")), File.ReadAllBytes(Path.Combine(secondDirectory, "after.wav")));
    }

    [Theory]
    [InlineData("--loss", "120", "--loss is a number from 0 to 95, not 120.")]
    [InlineData("--codec", "mp3", "--codec is one of opus, pcmu, pcma, g722, not mp3.")]
    [InlineData("--speed", "3", "--speed is not an option of demo.")]
    public void Demo_BadArgument_IsNamed(string option, string value, string message)
    {
        var fault = Assert.Throws<UsageException>(() => CallOptions.Parse([option, value]));

        Assert.Equal(message, fault.Message);
    }
}
