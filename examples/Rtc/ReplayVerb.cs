using System.Text.Json;
using RtcEnhance.Audio;
using RtcEnhance.Loopback;
using RtcEnhance.Testing;

namespace RtcEnhance.Rtc;

/// <summary>`rtc replay`: what the receiver makes of an audio stream in a capture, on a virtual clock.</summary>
internal static class ReplayVerb
{
    private const string Usage = $"""
        rtc replay CAPTURE OUT.wav [--stats OUT.json] [--log OUT.txt] [--pt PT=NAME,... ]
                   [--quantile 0.97] [--min-delay 0] [--max-delay 2000]

        CAPTURE is an rtpdump, pcap or pcapng file. Its first audio stream goes packet by packet, each at its capture time,
        through the receiver, over changes of SSRC; OUT.wav is what was played, 48 kHz mono. Stages cost no time, so the
        decisions are the same on every machine: their hash is printed, with the keys that were pressed, and OUT.txt has a
        line for each change.
        --quantile is the share of packets that the playout waits for, the delays are in ms.
        --pt names payload types and may be repeated: pcmu, pcma, g722, opus, L16/RATE[/CHANNELS], cn[/RATE],
        telephone-event[/RATE], red. Known without it:
          {PayloadCodecs.Defaults}
        """;

    public static int Run(string[] args) => Run(args, Console.Out);

    public static int Run(string[] args, TextWriter writer)
    {
        var command = FileCommand.Parse(args, Usage, files: 2, "--stats", "--log", "--pt", "--quantile", "--min-delay", "--max-delay");
        if (command is null)
            return 0;
        string path = command.Files[0];
        var codecs = new PayloadCodecs(command.Values("--pt"));
        PlayoutDelayOptions delay = ReadDelay(command);
        Capture capture = CaptureReader.Read(path);
        CapturedStream stream = CapturedStream.SelectAudio(capture, path, codecs);

        using StreamWriter? lines = command.Text("--log") is { } logPath ? new StreamWriter(logPath) { NewLine = "\n" } : null;
        var log = new ReplayLog(lines);
        InboundAudioStats statistics;
        IReadOnlyList<ReplayedEvent> events;
        using (var output = new WavWriter(command.Files[1], CaptureReplay.OutputRateHz))
            (statistics, events) = CaptureReplay.Play(stream.Packets, codecs, delay, output, log);

        var report = new ReplayReport
        {
            Capture = Path.GetFileName(path),
            CapturedPackets = capture.Packets.Count,
            FragmentedPackets = capture.FragmentedPackets,
            DamagedPackets = capture.DamagedPackets,
            OtherPackets = capture.OtherPackets,
            IsCut = capture.IsCut,
            Ssrcs = stream.Ssrcs,
            PayloadTypes = stream.PayloadTypes,
            Packets = stream.Packets.Count,
            DecisionHash = log.Hash,
            TelephoneEvents = events,
            Audio = statistics,
        };
        report.Print(writer, codecs);
        if (command.Text("--stats") is { } statsPath)
            File.WriteAllText(statsPath, JsonSerializer.Serialize(report, ReplayJson.Default.ReplayReport) + "\n");
        return 0;
    }

    private static PlayoutDelayOptions ReadDelay(FileCommand command)
    {
        int maximumMs = command.Integer("--max-delay", 2000, 10, 10_000);
        return new PlayoutDelayOptions
        {
            Quantile = command.Number("--quantile", 0.97, 0.5, 0.9999),
            MinimumDelay = TimeSpan.FromMilliseconds(command.Integer("--min-delay", 0, 0, maximumMs)),
            MaximumDelay = TimeSpan.FromMilliseconds(maximumMs),
        };
    }
}
