using RtcEnhance.Loopback.Receiving;
using RtcEnhance.Loopback.Sending;
using RtcEnhance.Testing;

namespace RtcEnhance.Loopback;

/// <summary>The call on a virtual clock: the same parts without sockets and threads, so that it repeats exactly.</summary>
internal static class VirtualCall
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    public static CallRecording Run(CallOptions options, SourceClip clip, IReadOnlyList<TimedDatagram> audio, ICallProgress progress)
    {
        var clock = new ManualTimeProvider();
        long start = clock.GetTimestamp();
        var network = new VirtualNetwork(clock);
        int audioStream = network.AddStream(CallNetwork.Model(options, CallNetwork.AudioStream));
        int videoStream = network.AddStream(CallNetwork.Model(options, CallNetwork.VideoStream));
        int reportStream = network.AddStream(CallNetwork.Model(options, CallNetwork.ReportStream));
        using var stages = new StageRecorder();
        using var sender = new VideoSender(clip, options);
        var receiver = new CallReceiver(options, clock, ownThreads: false, sender.RequestKeyFrame);

        int nextAudio = 0;
        int nextVideo = 0;
        int pulls = 0;
        int total = (int)(options.Seconds * 1000) + CallNetwork.DrainMs(options);
        for (int ms = 0; ms < total; ms++)
        {
            for (; nextAudio < audio.Count && audio[nextAudio].At.TotalMilliseconds <= ms; nextAudio++)
                network.Send(audioStream, audio[nextAudio].Data);
            for (; nextVideo < options.Seconds * SourceClip.FramesPerSecond && nextVideo * 1000 / SourceClip.FramesPerSecond <= ms; nextVideo++)
            {
                foreach (byte[] datagram in sender.Next())
                    network.Send(videoStream, datagram);
            }

            if (ms % SenderReports.IntervalMs == 0)
            {
                foreach (byte[] report in SenderReports.Build(options, TimeSpan.FromMilliseconds(ms)))
                    network.Send(reportStream, report);
            }

            while (network.TryReceive(out DeliveredPacket packet))
                receiver.OnDatagram(packet.Data);
            receiver.RunVideo();
            if (ms >= pulls * 10 && !receiver.IsPlayedOut)
            {
                receiver.Pull();
                pulls++;
            }

            clock.Advance(Tick);
            if (ms % 100 == 0)
                progress.Report((double)ms / total);
        }

        receiver.Stop();
        return new CallRecording(options, receiver, [.. network.Log], stages.Snapshot(), start, clock.TimestampFrequency, sender.EncodedBytes, sender.KeyFramesOnRequest);
    }
}
