using System.Text.Json;
using RtcEnhance.Audio;
using RtcEnhance.Loopback;
using RtcEnhance.Testing;

namespace RtcEnhance.Rtc;

/// <summary>`rtc replay`: what the receiver makes of an audio stream in a capture, on a virtual clock.</summary>
internal static class ReplayVerb
{
    private const string Usage = """
        rtc replay CAPTURE OUT.wav [--stats OUT.json] [--codec PT=NAME ...] [--delay 60]

        CAPTURE is an rtpdump, pcap or pcapng file. Its first audio stream goes packet by packet, each at its capture time,
        through the receiver; OUT is what was played, 48 kHz mono. --delay is the target playout delay in ms, 10 to 2000.
        Known payload types: 0 PCMU, 8 PCMA, 9 G722, 111 opus; --codec 96=opus names another, and may be repeated.
        Names: PCMU, PCMA, G722, opus, L16/RATE[/CHANNELS].
        """;

    public static int Run(string[] args) => Run(args, Console.Out);

    public static int Run(string[] args, TextWriter writer)
    {
        var command = FileCommand.Parse(args, Usage, files: 2, "--stats", "--codec", "--delay");
        if (command is null)
            return 0;
        string path = command.Files[0];
        var codecs = new PayloadCodecs(command.Values("--codec"));
        var delay = TimeSpan.FromMilliseconds(command.Integer("--delay", 60, 10, 2000));
        Capture capture = CaptureReader.Read(path);
        CapturedStream stream = CapturedStream.SelectAudio(capture, path, codecs);

        InboundAudioStats statistics;
        using (var output = new WavWriter(command.Files[1], CaptureReplay.OutputRateHz))
            statistics = CaptureReplay.Play(stream.Packets, codecs, delay, output);

        var report = new ReplayReport
        {
            Capture = Path.GetFileName(path),
            CapturedPackets = capture.Packets.Count,
            FragmentedPackets = capture.FragmentedPackets,
            DamagedPackets = capture.DamagedPackets,
            OtherPackets = capture.OtherPackets,
            IsCut = capture.IsCut,
            Ssrc = stream.Ssrc,
            PayloadTypes = stream.PayloadTypes,
            Packets = stream.Packets.Count,
            Audio = statistics,
        };
        report.Print(writer, codecs);
        if (command.Text("--stats") is { } statsPath)
            File.WriteAllText(statsPath, JsonSerializer.Serialize(report, ReplayJson.Default.ReplayReport) + "\n");
        return 0;
    }
}
