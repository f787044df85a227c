using System.Globalization;
using System.Net;
using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.Baresip;

/// <summary>A call to baresip whose speech comes back through a lossy network.</summary>
internal sealed record ScoredCall
{
    private const int PacketMs = 20;

    public required string Codec { get; init; }

    /// <summary>By the network's own count.</summary>
    public required int NetworkLost { get; init; }

    /// <summary>By the network's own count.</summary>
    public required double LostPercent { get; init; }

    /// <summary>By the phone's count.</summary>
    public required int PhoneLost { get; init; }

    /// <summary>The phone's last statistics.</summary>
    public required string Status { get; init; }

    public required HeardSpeech Plain { get; init; }

    public required HeardSpeech Enhanced { get; init; }

    public static ScoredCall Run(TrialOptions options, string codec, string speechPath, float[] said)
    {
        string folder = Path.GetFullPath(Path.Combine(options.OutputFolder, codec));
        Directory.CreateDirectory(folder);
        string enhancedPath = Path.Combine(folder, "enhanced.wav");
        string plainPath = Path.Combine(folder, "plain.wav");
        int mediaPort = FreePort.UdpPair();
        using var relay = new ImpairmentRelay();
        int relayPort = relay.AddStream(Network(options), new IPEndPoint(IPAddress.Loopback, mediaPort)).Port;
        relay.Start();
        using var peer = new BaresipPeer(Path.Combine(folder, "baresip"), speechPath, BaresipCodecs.Names[codec]);
        using var phone = new PhoneProcess(
            peer.Uri, "--listen", "127.0.0.1:0", "--codecs", codec, "--media-port", Text(mediaPort), "--public-media-port", Text(relayPort),
            "--record", enhancedPath, "--record-plain", plainPath);
        int packets = (int)(options.Seconds * 1000 / PacketMs * (1 - (options.LossPercent / 100)));
        phone.Do("wait call", $"wait packets {packets}", "s", "b", "q");
        if (phone.Process.WaitForExit() != 0)
            throw new InvalidOperationException(string.Join('\n', phone.Process.Lines));

        IReadOnlyList<PacketRecord> log = relay.GetLog();
        int lost = log.Count(packet => packet.Fate.IsLost);
        return new ScoredCall
        {
            Codec = codec,
            NetworkLost = lost,
            LostPercent = 100.0 * lost / log.Count,
            PhoneLost = (int)phone.Figure("lost"),
            Status = phone.Process.Lines.Last(PhoneProcess.IsStatus),
            Plain = HeardSpeech.Score(said, WavFile.Read(plainPath).Samples, options.Seconds - 1),
            Enhanced = HeardSpeech.Score(said, WavFile.Read(enhancedPath).Samples, options.Seconds - 1),
        };
    }

    private static ImpairmentModel Network(TrialOptions options)
    {
        var impairment = new ImpairmentOptions
        {
            LossPercent = options.LossPercent,
            MeanBurst = TimeSpan.FromMilliseconds(options.BurstMs),
            BaseDelay = TimeSpan.FromMilliseconds(20),
            Jitter = TimeSpan.FromMilliseconds(options.JitterMs),
            Seed = options.Seed,
        };
        return new ImpairmentModel(impairment, impairment.CreateLossModel(), 0);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
