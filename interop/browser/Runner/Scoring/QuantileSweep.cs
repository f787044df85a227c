using RtcEnhance.Audio;
using RtcEnhance.Benchmarks.Playout;
using RtcEnhance.Browser.Receiving;
using RtcEnhance.Testing;

namespace RtcEnhance.Browser.Scoring;

/// <summary>
/// Plays the packets of a call again, each at the moment it arrived and each block at the moment it was pulled, with other
/// settings of the playout delay. Thread-safe.
/// </summary>
internal static class QuantileSweep
{
    private static readonly double[] Quantiles = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.999];

    /// <summary>A call of half a minute tells the highest quantiles apart no more; a floor goes on where they end.</summary>
    private static readonly int[] MinimumDelaysMs = [90, 100, 110, 120, 135, 150, 175, 200];

    /// <summary>Runs all settings.</summary>
    /// <param name="arrivals">The packets that arrived.</param>
    /// <param name="pulls">When each block was pulled.</param>
    /// <param name="from">The block at which the comparison begins.</param>
    /// <param name="to">The block at which it ends.</param>
    /// <returns>What the receiver did from the one block to the other at each setting.</returns>
    public static IReadOnlyList<SweepPoint> Run(IReadOnlyList<RtpPacket> arrivals, IReadOnlyList<long> pulls, int from, int to)
    {
        IEnumerable<(double Quantile, int MinimumDelayMs)> settings =
            Quantiles.Select(quantile => (quantile, 0)).Concat(MinimumDelaysMs.Select(ms => (Quantiles[^1], ms)));
        return [.. settings.Select(setting => Play(setting.Quantile, setting.MinimumDelayMs))];

        SweepPoint Play(double quantile, int minimumDelayMs)
        {
            var delay = new PlayoutDelayOptions { Quantile = quantile, MinimumDelay = TimeSpan.FromMilliseconds(minimumDelayMs) };
            AudioWindow window = QuantileSweep.Play(arrivals, pulls, from, to, delay);
            return new SweepPoint(quantile, minimumDelayMs, window.DelayMs, window.ConcealedPercent);
        }
    }

    /// <summary>Our delay where we conceal as much as somebody else.</summary>
    /// <param name="points">What <see cref="Run"/> found.</param>
    /// <param name="concealedPercent">The other one's share.</param>
    /// <returns>The delay; null where no setting gets down to that share.</returns>
    public static double? DelayAt(IReadOnlyList<SweepPoint> points, double concealedPercent)
    {
        (double delay, CurveEnd end) = new PlayoutCurve(points.Select(point => (point.DelayMs, point.ConcealedPercent))).DelayAt(concealedPercent);
        return end == CurveEnd.Longest ? null : delay;
    }

    private static AudioWindow Play(IReadOnlyList<RtpPacket> arrivals, IReadOnlyList<long> pulls, int from, int to, PlayoutDelayOptions delay)
    {
        var clock = new ManualTimeProvider();
        using var receiver = new AudioReceiver(RtpReceiver.AudioOptions(delay, clock));
        var block = new float[receiver.OutputFormat.BlockLength];
        long frequency = TimeProvider.System.TimestampFrequency;
        int next = 0;
        InboundAudioStats first = default;
        for (int i = 0; i < to; i++)
        {
            if (i == from)
                first = receiver.GetStats();
            for (; next < arrivals.Count && arrivals[next].ArrivalTimestamp <= pulls[i]; next++)
            {
                Advance(arrivals[next].ArrivalTimestamp);
                RtpPacket packet = arrivals[next];
                receiver.InsertPacket(new RtpPacket(
                    packet.Ssrc, packet.SequenceNumber, packet.Timestamp, packet.PayloadType, packet.Marker, clock.GetTimestamp(), packet.Payload, packet.HeaderBytes));
            }

            Advance(pulls[i]);
            receiver.GetAudio(block);
        }

        return AudioWindow.From(first, receiver.GetStats());

        void Advance(long timestamp)
        {
            TimeSpan at = TimeSpan.FromSeconds((double)(timestamp - Math.Min(pulls[0], arrivals[0].ArrivalTimestamp)) / frequency);
            if (at > clock.Elapsed)
                clock.Advance(at - clock.Elapsed);
        }
    }
}
