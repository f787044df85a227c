using RtcEnhance.Audio;
using RtcEnhance.Loopback.Sending;
using RtcEnhance.Testing;

namespace RtcEnhance.Loopback.Receiving;

/// <summary>
/// Plays a recorded call again, packet by packet and pull by pull at the same ticks, through a receiver set up
/// differently: what it would have sounded like without the stages, or without loss.
/// </summary>
public static class AudioReplay
{
    /// <summary>The same packets, pulls and delays, lost packets as silence, and no bandwidth extension.</summary>
    public static AudioTake WithoutStages(CallOptions options, CallReceiver call, long ticksPerSecond)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Play(options, call.Arrivals, call.Pulls, call.MinimumDelays, ticksPerSecond, static _ => new ZeroConcealer());
    }

    /// <summary>Every packet that was sent, each exactly when it was sent.</summary>
    public static AudioTake WithoutLoss(CallOptions options, IReadOnlyList<TimedDatagram> sent, IReadOnlyList<long> pulls, long ticksPerSecond)
    {
        ArgumentNullException.ThrowIfNull(sent);
        ArgumentNullException.ThrowIfNull(pulls);
        var arrivals = new List<RtpPacket>(sent.Count);
        foreach (TimedDatagram datagram in sent)
        {
            long at = pulls[0] + (long)(datagram.At.TotalSeconds * ticksPerSecond);
            if (RtpPacket.TryParse(datagram.Data, at, out RtpPacket packet))
                arrivals.Add(packet);
        }

        return Play(options, arrivals, pulls, null, ticksPerSecond, null);
    }

    private static AudioTake Play(
        CallOptions options,
        IReadOnlyList<RtpPacket> arrivals,
        IReadOnlyList<long> pulls,
        IReadOnlyList<TimeSpan>? minimumDelays,
        long ticksPerSecond,
        Func<AudioFormat, IStage<ConcealmentJob>?>? concealment)
    {
        var clock = new ManualTimeProvider();
        var log = new PlayoutRecorder();
        AudioReceiverOptions basis = CallReceiver.AudioOptions(options, clock, log);
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Time = clock,
            Enhancement = basis.Enhancement,
            Decoders = basis.Decoders,
            PlayoutLog = log,
            ConcealmentFactory = concealment,
            ExtendBandwidth = false,
        });
        var played = new float[pulls.Count * 480];
        int next = 0;
        for (int i = 0; i < pulls.Count; i++)
        {
            for (; next < arrivals.Count && arrivals[next].ArrivalTimestamp <= pulls[i]; next++)
                receiver.InsertPacket(arrivals[next]);
            if (minimumDelays is not null)
                receiver.MinimumDelay = minimumDelays[i];
            receiver.GetAudio(played.AsSpan(i * 480, 480));
            if (i + 1 < pulls.Count)
                clock.Advance(TimeSpan.FromSeconds((double)(pulls[i + 1] - pulls[i]) / ticksPerSecond));
        }

        return new AudioTake(played, log.Steps);
    }
}
