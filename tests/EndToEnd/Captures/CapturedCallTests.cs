using System.Text.Json;
using RtcEnhance.Opus;
using RtcEnhance.Rtc;

namespace RtcEnhance.EndToEnd.Tests.Captures;

/// <summary>
/// Item 24 of the reliability list: a capture gives the same decisions on every machine and at every vector width. A
/// changed hash means that the playout decides differently: RTC_UPDATE_CAPTURES=1 writes the hashes anew, and the
/// captures for the next run.
/// </summary>
[Trait("Category", "Simd")]
public sealed class CapturedCallTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("captured-").FullName;

    public static TheoryData<string> Generated => [.. CapturedCalls.Generators.Keys];

    private static bool IsUpdate => Environment.GetEnvironmentVariable("RTC_UPDATE_CAPTURES") == "1";

    [Fact]
    public void Item24_CommittedCaptures_GiveTheCommittedHashes()
    {
        string path = CapturedCalls.PathOf("decisions.txt");
        var replayed = new Dictionary<string, string>();
        foreach (string file in CapturedCalls.Generators.Keys)
            replayed[file] = Replay(file, "--pt", "97=L16/8000").GetProperty("decisionHash").GetString()!;
        if (OpusLibrary.IsAvailable)
            replayed[CapturedCalls.OpusFile] = ReplayOpus().GetProperty("decisionHash").GetString()!;
        if (IsUpdate)
            File.WriteAllLines(path, replayed.Select(file => $"{file.Key} {file.Value}"));

        Dictionary<string, string> committed = File.ReadLines(path).Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => parts[1]);
        if (!OpusLibrary.IsAvailable)
            committed.Remove(CapturedCalls.OpusFile);
        Assert.Equal(committed, replayed);
    }

    /// <summary>What libopus decodes differs from version to version: the decisions must not depend on it.</summary>
    [Fact]
    public void OpusCapture_WithAFixedDelay_IsNotStretched()
    {
        if (!OpusLibrary.IsAvailable)
            return;

        JsonElement audio = ReplayOpus().GetProperty("audio");

        Assert.Equal(0, audio.GetProperty("stretchedSamples").GetInt64());
        Assert.InRange(audio.GetProperty("comfortNoiseSamples").GetInt64(), 1, long.MaxValue);
        Assert.InRange(audio.GetProperty("fecPacketsReceived").GetInt64(), 1, long.MaxValue);
    }

    [Fact]
    public void CommittedCapture_WithAKeyPressedInAPause_TellsItOnce()
    {
        using var printed = new StringWriter();

        ReplayVerb.Run([CapturedCalls.PathOf("pcmu-pauses-events.pcapng"), Path.Combine(_directory, "out.wav")], printed);

        string line = Assert.Single(printed.ToString().Split('\n'), line => line.Contains("key", StringComparison.Ordinal));
        Assert.Matches("^  key +5 at 3[.]\\d\\d s, pressed for 100 ms", line);
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
        if (IsUpdate)
            File.WriteAllBytes(CapturedCalls.PathOf(file), written);
    }

    private JsonElement ReplayOpus() => Replay(CapturedCalls.OpusFile, "--min-delay", "80", "--max-delay", "80");

    private JsonElement Replay(string file, params string[] options)
    {
        string json = Path.Combine(_directory, "out.json");
        ReplayVerb.Run([CapturedCalls.PathOf(file), Path.Combine(_directory, "out.wav"), "--stats", json, .. options], TextWriter.Null);
        using JsonDocument stats = JsonDocument.Parse(File.ReadAllText(json));
        return stats.RootElement.Clone();
    }
}
