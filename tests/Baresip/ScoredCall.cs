using System.Globalization;
using System.Net;
using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.Baresip;

/// <summary>A call to baresip whose speech comes back through a lossy network.</summary>
internal sealed class ScoredCall
{
    private const int PacketMs = 20;

    private ScoredCall(string codec, double lostPercent, string status, HeardSpeech plain, HeardSpeech enhanced)
        => (Codec, LostPercent, Status, Plain, Enhanced) = (codec, lostPercent, status, plain, enhanced);

    public string Codec { get; }

    /// <summary>By the network's own count.</summary>
    public double LostPercent { get; }

    /// <summary>The phone's last statistics.</summary>
    public string Status { get; }

    public HeardSpeech Plain { get; }

    public HeardSpeech Enhanced { get; }

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
        return new ScoredCall(
            codec,
            100.0 * log.Count(packet => packet.Fate.IsLost) / log.Count,
            phone.Process.WaitFor("  received "),
            HeardSpeech.Score(said, WavFile.Read(plainPath).Samples),
            HeardSpeech.Score(said, WavFile.Read(enhancedPath).Samples));
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
