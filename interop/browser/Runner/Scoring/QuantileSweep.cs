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
    private static readonly double[] Quantiles = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999];

    /// <summary>Runs all settings.</summary>
    /// <param name="arrivals">The packets that arrived.</param>
    /// <param name="pulls">When each block was pulled.</param>
    /// <param name="from">The block at which the comparison begins.</param>
    /// <param name="to">The block at which it ends.</param>
    /// <returns>For each quantile, what the receiver did from the one block to the other.</returns>
    public static IReadOnlyList<(double Quantile, AudioWindow Window)> Run(IReadOnlyList<RtpPacket> arrivals, IReadOnlyList<long> pulls, int from, int to)
        => [.. Quantiles.Select(quantile => (quantile, Play(arrivals, pulls, from, to, quantile)))];

    /// <summary>Our delay where we conceal as much as somebody else.</summary>
    /// <param name="points">What <see cref="Run"/> found.</param>
    /// <param name="concealedPercent">The other one's share.</param>
    /// <returns>The delay, and whether our settings end before that share.</returns>
    public static (double DelayMs, CurveEnd End) DelayAt(IReadOnlyList<(double Quantile, AudioWindow Window)> points, double concealedPercent)
        => new PlayoutCurve(points.Select(point => (point.Window.DelayMs, point.Window.ConcealedPercent))).DelayAt(concealedPercent);

    private static AudioWindow Play(IReadOnlyList<RtpPacket> arrivals, IReadOnlyList<long> pulls, int from, int to, double quantile)
    {
        var clock = new ManualTimeProvider();
        using var receiver = new AudioReceiver(RtpReceiver.AudioOptions(new PlayoutDelayOptions { Quantile = quantile }, clock));
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
