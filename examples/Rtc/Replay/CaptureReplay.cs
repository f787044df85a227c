using System.Runtime.InteropServices;
using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.Rtc;

/// <summary>
/// Plays captured packets through an <see cref="AudioReceiver"/> on a virtual clock that stands still while the receiver
/// works: a stage costs nothing, and the same capture gives the same decisions.
/// </summary>
internal static class CaptureReplay
{
    public const int OutputRateHz = 48000;

    private static readonly TimeSpan PullInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>The receiver follows a stream's timestamps over this.</summary>
    private static readonly TimeSpan LongestJump = TimeSpan.FromSeconds(13);

    /// <summary>Inserts each packet when it arrived, pulls every 10 ms from the first arrival on, and ends with the block in which the last received sample is played.</summary>
    /// <returns>The receiver's statistics at that block: they count exactly the samples written. And the keys pressed.</returns>
    public static (InboundAudioStats Statistics, IReadOnlyList<ReplayedEvent> Events) Play(
        IReadOnlyList<RtpPacket> packets, PayloadCodecs codecs, PlayoutDelayOptions delay, WavWriter output, ReplayLog log)
    {
        var clock = new ManualTimeProvider();
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = codecs.Decoders,
            ComfortNoise = codecs.ComfortNoise,
            TelephoneEvents = codecs.TelephoneEvents,
            RedundantAudio = codecs.RedundantAudio,
            OutputFormat = new AudioFormat(OutputRateHz),
            Enhancement = new EnhancementOptions { PlayoutDelay = delay },
            Time = clock,
            PlayoutLog = log,
        });
        var block = new float[receiver.OutputFormat.BlockLength];
        var unwritten = new List<float>();
        var events = new List<ReplayedEvent>();
        InboundAudioStats statistics = default;
        TimeSpan end = new TimeSpan(packets[^1].ArrivalTimestamp) + delay.MaximumDelay + LongestJump;
        long received = -1;
        int next = 0;
        for (TimeSpan pullAt = TimeSpan.Zero; pullAt <= end; pullAt += PullInterval)
        {
            for (; next < packets.Count && packets[next].ArrivalTimestamp <= pullAt.Ticks; next++)
            {
                clock.Advance(new TimeSpan(packets[next].ArrivalTimestamp) - clock.Elapsed);
                receiver.InsertPacket(packets[next]);
            }

            clock.Advance(pullAt - clock.Elapsed);
            receiver.GetAudio(block);
            unwritten.AddRange(block);
            while (receiver.TryReadTelephoneEvent(out TelephoneEvent telephoneEvent))
                events.Add(ReplayedEvent.From(telephoneEvent, pullAt));
            InboundAudioStats now = receiver.GetStats();
            if (next == packets.Count && now.ReceivedSamples == received)
                continue;

            output.Write(CollectionsMarshal.AsSpan(unwritten));
            unwritten.Clear();
            log.Commit();
            received = now.ReceivedSamples;
            statistics = now;
        }

        return (statistics, events);
    }
}
