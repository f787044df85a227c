using RtcEnhance.Opus;

namespace RtcEnhance.EndToEnd.Tests.Captures;

/// <summary>The calls whose captures lie in the folder Data: what each of them does is written here.</summary>
internal static class CapturedCalls
{
    private const string Folder = "tests/EndToEnd/Captures/Data";

    /// <summary>By file name. Opus is not among them: other versions of its encoder give other bytes.</summary>
    public static IReadOnlyDictionary<string, Func<byte[]>> Generators { get; } = new Dictionary<string, Func<byte[]>>
    {
        ["pcmu-loss-jitter.rtpdump"] = LossAndJitter,
        ["pcma-freeze-drift.rtpdump"] = FreezeAndDrift,
        ["pcmu-pauses-events.pcapng"] = PausesAndEvents,
        ["codec-ssrc-switch.pcap"] = CodecAndSourceSwitch,
    };

    public const string OpusFile = "opus-red-pauses.pcap";

    public static string PathOf(string file) => Path.Combine(RtcEnhance.Tests.Repository.Root, Folder, file);

    /// <summary>Opus with in-band FEC and discontinuous transmission; each packet carries the one before it too (RFC 2198).</summary>
    public static byte[] OpusWithRedundancy()
    {
        var call = new CaptureCall(5) { Sequence = 65500, Timestamp = uint.MaxValue - 100_000 };
        call.Network = (number, sentAt) => number % 9 is 4 or 5 ? null : 30 + call.Random.Next(25);
        using var encoder = new OpusEncoder(new OpusEncoderOptions { InBandFec = true, ExpectedLossPercent = 20, BitrateBps = 16_000, Dtx = true });
        var buffer = new byte[1500];
        byte[] before = [];
        for (int i = 0; i < 200; i++)
        {
            // Every third second is a pause.
            float[] samples = new float[960];
            if (i / 50 % 3 != 2)
                Upsample(call.Ahead(20), samples);
            byte[] payload = buffer[..encoder.Encode(samples, buffer)];
            if (payload.Length <= 2)
                call.SendEncoded(111, payload, 960, 20);
            else if (before.Length is > 2 and < 1024)
                call.SendEncoded(63, [0xEF, 960 >> 6, (byte)((960 << 2) | (before.Length >> 8)), (byte)before.Length, 111, .. before, .. payload], 960, 20);
            else
                call.SendEncoded(63, [111, .. payload], 960, 20);
            before = payload;
        }

        return CaptureFiles.Pcap(CaptureFiles.LinuxCooked, Frames(CaptureFiles.LinuxCooked, call));
    }

    /// <summary>Bursts of loss, jitter that reorders, duplicates, and sequence numbers and timestamps that wrap.</summary>
    private static byte[] LossAndJitter()
    {
        var call = new CaptureCall(1) { Sequence = 65450, Timestamp = uint.MaxValue - 12_000, IsDoubled = number => number % 17 == 3 };
        int burst = 0;
        call.Network = (_, _) =>
        {
            burst = burst > 0 ? burst - 1 : call.Random.Next(25) == 0 ? call.Random.Next(1, 5) : 0;
            return burst > 0 ? null : 30 + (call.Random.Next(8) == 0 ? call.Random.Next(90) : call.Random.Next(15));
        };
        call.Speak(0, 4000);
        return CaptureFiles.RtpDump(call.Arrivals);
    }

    /// <summary>A sender 2 % too slow, a network that freezes for 1.2 s and delivers at once, and one that becomes 150 ms slower.</summary>
    private static byte[] FreezeAndDrift()
    {
        var call = new CaptureCall(2) { SlownessPerMille = 20 };
        call.Network = (_, sentAt) => sentAt is >= 1500 and < 2700 ? 2700 - sentAt + 10 : sentAt >= 3600 ? 160 : 10;
        call.Speak(8, 4600, packetMs: 40);
        return CaptureFiles.RtpDump(call.Arrivals);
    }

    /// <summary>Talk spurts between pauses with comfort noise and without, keys pressed in them, and some loss.</summary>
    private static byte[] PausesAndEvents()
    {
        var call = new CaptureCall(3);
        call.Network = (number, _) => number % 40 == 25 ? null : 15 + call.Random.Next(30);
        call.Pause(400, comfortNoiseLevel: 60);
        call.Speak(0, 900);
        call.Pause(1300, comfortNoiseLevel: 55);
        call.Speak(0, 700);
        call.PressKey(5);
        call.Speak(0, 300);
        call.Pause(700);
        call.Speak(0, 700);
        call.Pause(2000, comfortNoiseLevel: 50);
        call.Speak(0, 500);
        return CaptureFiles.Pcapng(CaptureFiles.Ethernet, Frames(CaptureFiles.Ethernet, call), resolution: 9);
    }

    /// <summary>Four codecs, packets of 10 to 60 ms, then another SSRC that starts its counters anew.</summary>
    private static byte[] CodecAndSourceSwitch()
    {
        var call = new CaptureCall(4) { Sequence = 50_000 };
        call.Network = (_, _) => 15 + call.Random.Next(20);
        call.Speak(8, 800);
        call.Speak(9, 800);
        call.Speak(97, 500, packetMs: 10);
        call.Speak(0, 600, packetMs: 60);
        call.Speak(0, 600);
        (call.Ssrc, call.Sequence, call.Timestamp) = (0xB0B, 100, 7);
        call.Speak(0, 1000);
        return CaptureFiles.Pcap(CaptureFiles.RawIp, Frames(CaptureFiles.RawIp, call));
    }

    private static IEnumerable<(int Ms, byte[] Frame)> Frames(int linkType, CaptureCall call)
        => call.Arrivals.Select(arrival => (arrival.Ms, CaptureFiles.Frame(linkType, CaptureFiles.Ipv4(arrival.Datagram))));

    private static void Upsample(ReadOnlySpan<short> samples, Span<float> output)
    {
        for (int i = 0; i < output.Length; i++)
            output[i] = samples[i / 6] / 32768f;
    }
}
