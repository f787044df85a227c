using System.Text.Json;
using RtcEnhance.Audio;
using RtcEnhance.Loopback;
using RtcEnhance.Rtc;
using RtcEnhance.Testing;

namespace RtcEnhance.EndToEnd.Tests.Captures;

public sealed class ReplayVerbTests : IDisposable
{
    private const int PacketCount = 100;

    /// <summary>Nothing is stretched, so that every sample can be counted.</summary>
    private static readonly string[] FixedDelay = ["--min-delay", "60", "--max-delay", "60"];

    private readonly string _directory = Directory.CreateTempSubdirectory("replay-").FullName;
    private readonly StringWriter _printed = new();

    [Fact]
    public void Replay_CleanCapture_PlaysEverySampleOnce()
    {
        (WavAudio played, JsonElement stats) = Replay(CaptureFiles.RtpDump(Tone(8)), FixedDelay);

        JsonElement audio = stats.GetProperty("audio");
        Assert.Equal(PacketCount, audio.GetProperty("packetsReceived").GetInt64());
        Assert.Equal(PacketCount * 960, audio.GetProperty("receivedSamples").GetInt64());
        Assert.Equal(0, audio.GetProperty("concealedSamples").GetInt64());
        Assert.Equal(played.SampleCount, audio.GetProperty("totalSamplesReceived").GetInt64());
        Assert.Equal(48000, played.SampleRateHz);
        Assert.InRange(Rms(played.Samples.AsSpan(12000, 72000)), 0.30, 0.40);
        Assert.Contains("8 pcma", _printed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_SameCallInEveryFormat_GivesTheSameOutput()
    {
        (int Ms, byte[] Datagram)[] call = [.. Tone(0).Where((_, i) => i % 10 != 5)];
        (int, byte[])[] frames = [.. call.Select(packet => (packet.Ms, CaptureFiles.Frame(CaptureFiles.Ethernet, CaptureFiles.Ipv4(packet.Datagram))))];

        (WavAudio dump, JsonElement stats) = Replay(CaptureFiles.RtpDump(call), FixedDelay);
        (WavAudio pcap, _) = Replay(CaptureFiles.Pcap(CaptureFiles.Ethernet, frames), FixedDelay);
        (WavAudio pcapng, _) = Replay(CaptureFiles.Pcapng(CaptureFiles.Ethernet, frames), FixedDelay);

        Assert.Equal(10, stats.GetProperty("audio").GetProperty("packetsLost").GetInt64());
        Assert.Equal(10 * 960, stats.GetProperty("audio").GetProperty("concealedSamples").GetInt64());
        Assert.Equal(dump.Samples, pcap.Samples);
        Assert.Equal(dump.Samples, pcapng.Samples);
    }

    [Fact]
    public void Replay_FixedDelay_IsTheTimeUntilTheFirstSample()
    {
        (WavAudio early, _) = Replay(CaptureFiles.RtpDump(Tone(0)), "--min-delay", "40", "--max-delay", "40");
        (WavAudio late, JsonElement stats) = Replay(CaptureFiles.RtpDump(Tone(0)), "--min-delay", "200", "--max-delay", "200");

        Assert.Equal(160 * 48, late.SampleCount - early.SampleCount);
        Assert.Equal(late.SampleCount, stats.GetProperty("audio").GetProperty("totalSamplesReceived").GetInt64());
    }

    [Fact]
    public void Replay_LastPacketBehindAGap_IsPlayed()
    {
        (int Ms, byte[] Datagram)[] call = [.. Tone(0).Where((_, i) => i is < 20 or PacketCount - 1)];

        (_, JsonElement stats) = Replay(CaptureFiles.RtpDump(call));

        Assert.Equal(21 * 960, stats.GetProperty("audio").GetProperty("receivedSamples").GetInt64());
    }

    [Fact]
    public void Replay_SourceChangesBesideAnotherStream_FollowsItAlone()
    {
        (int Ms, byte[] Datagram)[] call =
        [
            .. Tone(0, ssrc: 1),
            .. Tone(0, ssrc: 9).Select(packet => (packet.Ms + 500, packet.Datagram)),
            .. Tone(0, ssrc: 2).Select(packet => (packet.Ms + 2000, packet.Datagram)),
        ];

        (_, JsonElement stats) = Replay(CaptureFiles.RtpDump(call.OrderBy(packet => packet.Ms)));

        Assert.Equal([1u, 2u], stats.GetProperty("ssrcs").EnumerateArray().Select(ssrc => ssrc.GetUInt32()));
        Assert.Equal(2 * PacketCount, stats.GetProperty("packets").GetInt32());
        Assert.InRange(stats.GetProperty("audio").GetProperty("receivedSamples").GetInt64(), (2 * PacketCount * 960) - 24_000, 2 * PacketCount * 960);
    }

    [Fact]
    public void Replay_Log_HasALineForEachChangeOfOperation()
    {
        string log = Path.Combine(_directory, "log.txt");
        (_, JsonElement stats) = Replay(CaptureFiles.RtpDump(Tone(0).Where((_, i) => i != 50)), ["--log", log, .. FixedDelay]);

        string[][] lines = [.. File.ReadLines(log).Skip(1).Select(line => line.Split('\t'))];
        Assert.Equal(["Silence", "Normal", "Expand", "Merge", "Normal"], lines.Select(line => line[1]).Take(5));
        Assert.Equal(20, int.Parse(lines[3][0], null) - int.Parse(lines[2][0], null));
        Assert.Matches("^[0-9a-f]{16}$", stats.GetProperty("decisionHash").GetString());
    }

    [Fact]
    public void Replay_OtherTrafficFirst_IsPassedOver()
    {
        (int, byte[])[] traffic =
        [
            (0, [0x80, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 3, 3]),
            (1, [0x80, 200, 0, 1, 0, 0, 0, 1]),
            .. Tone(96, ssrc: 1).Take(3),
            .. Tone(0, ssrc: 2),
        ];

        (_, JsonElement stats) = Replay(CaptureFiles.RtpDump(traffic));

        Assert.Equal(2, stats.GetProperty("ssrcs").EnumerateArray().Single().GetInt64());
        Assert.Equal(PacketCount, stats.GetProperty("packets").GetInt32());
        Assert.Equal(0, stats.GetProperty("audio").GetProperty("silentConcealedSamples").GetInt64());
    }

    [Fact]
    public void Replay_DynamicType_NeedsItsName()
    {
        byte[] file = CaptureFiles.RtpDump(Tone(96));

        var fault = Assert.Throws<MediaFormatException>(() => Replay(file));
        (_, JsonElement stats) = Replay(file, ["--pt", "97=opus,98=red", "--pt", "96=pcmu", .. FixedDelay]);

        Assert.Contains("seen: 96 (100 packets)", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Equal(PacketCount * 960, stats.GetProperty("audio").GetProperty("receivedSamples").GetInt64());
    }

    [Theory]
    [InlineData("96=mp3")]
    [InlineData("128=opus")]
    [InlineData("opus")]
    [InlineData("96=L16/44150")]
    [InlineData("96=cn/44100")]
    [InlineData("96=telephone-event/x")]
    [InlineData("96=red/48000")]
    public void Replay_CodecItDoesNotKnow_SaysSo(string codec)
        => Assert.Contains(codec, Assert.Throws<UsageException>(() => Replay([], "--pt", codec)).Message, StringComparison.Ordinal);

    [Fact]
    public void Replay_CaptureOf49Days_IsRefusedBeforeItIsWritten()
    {
        (int Ms, byte[] Datagram)[] call = [.. Tone(0)];
        call[^1].Ms = -1;

        Assert.Contains("a WAV file holds 12", Assert.Throws<MediaFormatException>(() => Replay(CaptureFiles.RtpDump(call))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_MutatedCaptures_PlayOrSaySo()
    {
        const int RecordBytes = 180;
        byte[] original = CaptureFiles.RtpDump(Tone(0).Take(20));
        int headerBytes = original.Length - (20 * RecordBytes);
        var random = new Random(5);
        int played = 0;
        for (int round = 0; round < 12; round++)
        {
            byte[] file = [.. original];
            for (int i = 0; i < 5; i++)
            {
                // Lengths and times stay: hours of silence are a valid capture, but not a fast test.
                int at = headerBytes + (RecordBytes * random.Next(20)) + 8 + random.Next(20);
                file[at] = (byte)random.Next(256);
            }

            try
            {
                (WavAudio audio, JsonElement stats) = Replay(file);
                Assert.Equal(audio.SampleCount, stats.GetProperty("audio").GetProperty("totalSamplesReceived").GetInt64());
                played++;
            }
            catch (MediaFormatException)
            {
            }
        }

        Assert.InRange(played, 4, 12);
    }

    public void Dispose()
    {
        _printed.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Two seconds of a 440 Hz tone in packets of 20 ms.</summary>
    private static IEnumerable<(int Ms, byte[] Datagram)> Tone(byte payloadType, uint ssrc = 7)
    {
        var encoder = new G711Encoder(payloadType == 8 ? G711Law.ALaw : G711Law.MuLaw);
        for (int i = 0; i < PacketCount; i++)
        {
            float[] samples = [.. Enumerable.Range(i * 160, 160).Select(n => 0.5f * MathF.Sin(2 * MathF.PI * 440 * n / 8000f))];
            var payload = new byte[160];
            encoder.Encode(samples, payload);
            yield return (20 * i, RtpDatagram.Build(new RtpPacket(ssrc, (ushort)(65500 + i), (uint)(i * 160), payloadType, i == 0, 0, payload)));
        }
    }

    private static double Rms(ReadOnlySpan<float> samples)
    {
        double energy = 0;
        foreach (float sample in samples)
            energy += sample * sample;
        return Math.Sqrt(energy / samples.Length);
    }

    private (WavAudio Played, JsonElement Stats) Replay(byte[] file, params string[] options)
    {
        string capture = Path.Combine(_directory, "in"), wav = Path.Combine(_directory, "out.wav"), json = Path.Combine(_directory, "out.json");
        File.WriteAllBytes(capture, file);
        Assert.Equal(0, ReplayVerb.Run([capture, wav, "--stats", json, .. options], _printed));
        using JsonDocument stats = JsonDocument.Parse(File.ReadAllText(json));
        return (WavFile.Read(wav), stats.RootElement.Clone());
    }
}
