using System.Text.Json;
using RtcEnhance.Opus;
using RtcEnhance.Rtc;

namespace RtcEnhance.EndToEnd.Tests.Captures;

/// <summary>
/// Item 24 of the reliability list: a capture gives the same decisions on every machine and at every vector width. A
/// changed hash means that the playout decides differently; RTC_UPDATE_CAPTURES=1 writes the captures anew.
/// </summary>
[Trait("Category", "Simd")]
public sealed class CapturedCallTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("captured-").FullName;

    public static TheoryData<string> Generated => [.. CapturedCalls.Generators.Keys];

    [Theory]
    [InlineData("pcmu-loss-jitter.rtpdump", "")]
    [InlineData("pcma-freeze-drift.rtpdump", "")]
    [InlineData("pcmu-pauses-events.pcapng", "")]
    [InlineData("codec-ssrc-switch.pcap", "")]
    [InlineData(CapturedCalls.OpusFile, "")]
    public void Item24_CommittedCapture_GivesTheCommittedHash(string file, string hash)
    {
        if (file == CapturedCalls.OpusFile && !OpusLibrary.IsAvailable)
            return;
        string json = Path.Combine(_directory, "out.json");

        ReplayVerb.Run([CapturedCalls.PathOf(file), Path.Combine(_directory, "out.wav"), "--stats", json, "--pt", "97=L16/8000"], TextWriter.Null);

        using JsonDocument stats = JsonDocument.Parse(File.ReadAllText(json));
        Assert.Equal(hash, stats.RootElement.GetProperty("decisionHash").GetString());
    }

    [Theory]
    [MemberData(nameof(Generated))]
    public void CommittedCapture_IsWhatItsGeneratorWrites(string file)
    {
        byte[] written = CapturedCalls.Generators[file]();
        Update(file, written);

        Assert.Equal(File.ReadAllBytes(CapturedCalls.PathOf(file)), written);
    }

    [Fact]
    public void CommittedOpusCapture_HasAsManyPacketsAsItsGeneratorWrites()
    {
        if (!OpusLibrary.IsAvailable)
            return;
        byte[] written = CapturedCalls.OpusWithRedundancy();
        Update(CapturedCalls.OpusFile, written);

        Assert.Equal(
            Testing.CaptureReader.Read(CapturedCalls.PathOf(CapturedCalls.OpusFile)).Packets.Count,
            Testing.CaptureReader.Read(written, "written").Packets.Count);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static void Update(string file, byte[] written)
    {
        if (Environment.GetEnvironmentVariable("RTC_UPDATE_CAPTURES") == "1")
            File.WriteAllBytes(CapturedCalls.PathOf(file), written);
    }
}
