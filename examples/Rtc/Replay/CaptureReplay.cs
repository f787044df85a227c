using System.Runtime.InteropServices;
using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.Rtc;

/// <summary>
/// Plays captured packets through an <see cref="AudioReceiver"/> on a virtual clock that stands still while the receiver
/// works: a stage costs nothing, and the same capture gives the same output.
/// </summary>
internal static class CaptureReplay
{
    public const int OutputRateHz = 48000;

    private static readonly TimeSpan PullInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>How long after the last arrival a packet may still be played: the receiver follows a stream over 10 s, and delays it by 2 s at most.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    /// <summary>Inserts each packet when it arrived, pulls every 10 ms from the first arrival on, and ends with the block in which the last received sample is played.</summary>
    /// <returns>The receiver's statistics at that block: they count exactly the samples written.</returns>
    public static InboundAudioStats Play(IReadOnlyList<RtpPacket> packets, PayloadCodecs codecs, TimeSpan delay, WavWriter output)
    {
        var clock = new ManualTimeProvider();
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = codecs.Decoders,
            OutputFormat = new AudioFormat(OutputRateHz),
            Enhancement = new EnhancementOptions { PlayoutDelay = PlayoutDelayOptions.Fixed(delay) },
            Time = clock,
        });
        var block = new float[receiver.OutputFormat.BlockLength];
        var unwritten = new List<float>();
        InboundAudioStats statistics = default;
        TimeSpan lastArrival = new(packets[^1].ArrivalTimestamp);
        long received = -1;
        int next = 0;
        for (TimeSpan pullAt = TimeSpan.Zero; next < packets.Count || pullAt <= lastArrival + LongestWait; pullAt += PullInterval)
        {
            for (; next < packets.Count && packets[next].ArrivalTimestamp <= pullAt.Ticks; next++)
            {
                clock.Advance(new TimeSpan(packets[next].ArrivalTimestamp) - clock.Elapsed);
                receiver.InsertPacket(packets[next]);
            }

            clock.Advance(pullAt - clock.Elapsed);
            receiver.GetAudio(block);
            unwritten.AddRange(block);
            InboundAudioStats now = receiver.GetStats();
            if (next == packets.Count && now.ReceivedSamples == received)
                continue;

            output.Write(CollectionsMarshal.AsSpan(unwritten));
            unwritten.Clear();
            received = now.ReceivedSamples;
            statistics = now;
        }

        return statistics;
    }
}
