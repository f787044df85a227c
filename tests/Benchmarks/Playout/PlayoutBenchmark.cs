using System.Globalization;
using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Playout;

/// <summary>
/// `rtc bench playout`: delay against concealment of the adaptive playout, of what other stacks do and of outside peers,
/// on the same packets and a virtual clock. One thread at a time.
/// </summary>
internal static class PlayoutBenchmark
{
    private const string Ours = "receiver";

    private static readonly TimeSpan CallDuration = TimeSpan.FromMinutes(10);

    /// <summary>Close together where the curves bend: what is read off between two points is above them.</summary>
    private static readonly double[] Quantiles = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.9925, 0.995, 0.9975, 0.999, 0.9999];

    private static readonly double[] PeerQuantiles = [0.1, 0.3, .. Quantiles];

    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        if (arguments.Peers.Count == 0)
            report.Notes.Add("no --peer: no outside playout was measured; a peer is a command that takes QUANTILE PACKETS BLOCKS.");
        TimeSpan duration = CallDuration / arguments.Every;
        byte[] sound = Sound(arguments, report);
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("rtc-bench-playout");
        List<(string Name, IReadOnlyList<PlayoutRow> Rows)> results = [];
        try
        {
            foreach (PlayoutScenario scenario in PlayoutScenario.All(duration, PlayoutScenario.Losses(arguments, report), arguments.Seed))
            {
                Console.Error.WriteLine(scenario.Name);
                results.Add((scenario.Name, Play(scenario, duration, sound, arguments.Peers, scratch.FullName)));
            }
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        AddTables(report, results, arguments);
        report.Files.Add(("playout.svg", PlayoutPlot.Draw(results)));
        report.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"Calls of {duration.TotalMinutes:0.#} min, G.711. delay: mean time of playout less time of sending less the call's smallest network delay, over pulls with received samples; concealed, removed, inserted: of the samples played; interruptions: concealment of at least 150 ms; discarded: of the packets that arrived."));
        report.Notes.Add("fixed N: plays N ms after the first arrival; count 5: begins when 5 packets wait.");
        return report;
    }

    private static List<PlayoutRow> Play(PlayoutScenario scenario, TimeSpan duration, byte[] sound, IReadOnlyList<BenchPeer> peers, string scratch)
    {
        var call = new PlayoutCall(duration, scenario.PacketMs, scenario.Impairment, sound);
        List<PlayoutRow> rows = [];
        foreach (double quantile in Quantiles)
        {
            using var receiver = new ReceiverPolicy(quantile);
            Add(Ours, quantile, Play(call, receiver));
        }

        string packets = Path.Combine(scratch, "packets.txt");
        if (peers.Count > 0)
            PeerPolicy.WritePackets(call, packets);
        foreach (BenchPeer peer in peers)
        {
            foreach (double quantile in PeerQuantiles)
                Add(peer.Name, quantile, PeerPolicy.Play(peer.Command, quantile, packets, Path.Combine(scratch, "blocks.txt")));
        }

        Add("fixed 50", null, Play(call, new FixedBuffer(50, call.PacketSamples)));
        Add("fixed 200", null, Play(call, new FixedBuffer(200, call.PacketSamples)));
        Add("count 5", null, Play(call, new PacketCountBuffer(5, 50, call.PacketSamples)));
        return rows;

        void Add(string policy, double? quantile, IReadOnlyList<PlayedBlock> blocks)
            => rows.Add(new PlayoutRow(policy, quantile, PlayoutMetrics.Measure(call, blocks)));
    }

    private static PlayedBlock[] Play(PlayoutCall call, IPlayoutPolicy policy)
    {
        var blocks = new PlayedBlock[call.Pulls];
        int next = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            for (; next < call.Packets.Count && call.Packets[next].Arrival.TotalMilliseconds <= i * PlayoutCall.BlockMs; next++)
                policy.Insert(call.Packets[next]);
            blocks[i] = policy.Pull();
        }

        return blocks;
    }

    private static void AddTables(BenchReport report, List<(string Name, IReadOnlyList<PlayoutRow> Rows)> results, BenchArguments arguments)
    {
        foreach ((string name, IReadOnlyList<PlayoutRow> rows) in results)
        {
            var table = new BenchTable(name, "policy", "quantile", "delay ms", "concealed %", "removed %", "inserted %", "interruptions/min", "discarded %");
            foreach (PlayoutRow row in rows)
            {
                PlayoutMetrics m = row.Metrics;
                table.Add(row.Policy, row.Quantile, m.DelayMs, m.ConcealedPercent, m.RemovedPercent, m.InsertedPercent, m.InterruptionsPerMinute, m.DiscardedPercent);
            }

            report.Tables.Add(table);
        }

        foreach (BenchPeer peer in arguments.Peers)
            PlayoutComparison.Add(report, results, Ours, peer.Name);
    }

    /// <summary>Speech as it is sent: whole packets of 10, 20 and 60 ms.</summary>
    private static byte[] Sound(BenchArguments arguments, BenchReport report)
    {
        const int Rate = 8000;
        const int PacketSamples = 60 * Rate / 1000;
        using BenchClips clips = BenchClips.Speech(arguments, "wb", report);
        float[] speech = [.. ClipFile.List(clips.Directory, 1).Take(8).SelectMany(path => ClipFile.Read(path, Rate))];
        int length = speech.Length / PacketSamples * PacketSamples;
        var encoded = new byte[length];
        new G711Encoder(G711Law.MuLaw).Encode(speech.AsSpan(0, length), encoded);
        return encoded;
    }
}
