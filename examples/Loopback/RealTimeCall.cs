using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RtcEnhance.Loopback.Receiving;
using RtcEnhance.Loopback.Sending;
using RtcEnhance.Testing;

namespace RtcEnhance.Loopback;

/// <summary>
/// The call in real time: sender, relay and receiver are joined by UDP on 127.0.0.1, and a thread that keeps time by
/// itself pulls 10 ms blocks as a sound card would.
/// </summary>
internal static class RealTimeCall
{
    public static CallRecording Run(CallOptions options, SourceClip clip, IReadOnlyList<TimedDatagram> audio, ICallProgress progress)
    {
        using Process? card = options.PlayAlsa ? SoundCard.Start() : null;
        using var stages = new StageRecorder();
        using var videoSender = new VideoSender(clip, options);
        var receiver = new CallReceiver(options, TimeProvider.System, ownThreads: true, videoSender.RequestKeyFrame);
        using var audioIn = new UdpPort(receiver.OnDatagram);
        using var videoIn = new UdpPort(receiver.OnDatagram);
        using var relay = new ImpairmentRelay();
        IPEndPoint audioTo = relay.AddStream(CallNetwork.Model(options, CallNetwork.AudioStream), audioIn.EndPoint);
        IPEndPoint videoTo = relay.AddStream(CallNetwork.Model(options, CallNetwork.VideoStream), videoIn.EndPoint);
        IPEndPoint reportsTo = relay.AddStream(CallNetwork.Model(options, CallNetwork.ReportStream), audioIn.EndPoint);
        relay.Start();

        long start = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 5);
        TimeSpan length = TimeSpan.FromSeconds(options.Seconds);
        var faults = new ConcurrentQueue<Exception>();
        Thread[] threads =
        [
            StartThread(faults, "audio sender", () => SendAudio(audio, audioTo, start)),
            StartThread(faults, "video sender", () => SendVideo(videoSender, videoTo, start, length)),
            StartThread(faults, "report sender", () => SendReports(options, reportsTo, start, length)),
            StartThread(faults, "playout", () => Play(receiver, start, length + TimeSpan.FromMilliseconds(CallNetwork.DrainMs(options)), card)),
        ];
        Thread playout = threads[^1];
        while (playout.IsAlive)
        {
            playout.Join(100);
            progress.Report(Math.Clamp(Stopwatch.GetElapsedTime(start) / length, 0, 1));
        }

        foreach (Thread thread in threads)
            thread.Join();
        receiver.Stop();
        if (faults.TryDequeue(out Exception? fault))
        {
            receiver.Dispose();
            throw new InvalidOperationException($"the call broke off: {fault.Message}", fault);
        }

        return new CallRecording(options, receiver, relay.GetLog(), stages.Snapshot(), start, TimeProvider.System.TimestampFrequency, videoSender.EncodedBytes, videoSender.KeyFramesOnRequest);
    }

    private static void SendAudio(IReadOnlyList<TimedDatagram> packets, IPEndPoint to, long start)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        foreach (TimedDatagram packet in packets)
        {
            RealTime.WaitUntil(start, packet.At);
            socket.SendTo(packet.Data, to);
        }
    }

    private static void SendVideo(VideoSender sender, IPEndPoint to, long start, TimeSpan length)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int i = 0; ; i++)
        {
            TimeSpan at = TimeSpan.FromSeconds((double)i / SourceClip.FramesPerSecond);
            if (at >= length)
                return;
            RealTime.WaitUntil(start, at);
            foreach (byte[] datagram in sender.Next())
                socket.SendTo(datagram, to);
        }
    }

    private static void SendReports(CallOptions options, IPEndPoint to, long start, TimeSpan length)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (TimeSpan at = TimeSpan.Zero; at < length; at += TimeSpan.FromMilliseconds(SenderReports.IntervalMs))
        {
            RealTime.WaitUntil(start, at);
            foreach (byte[] report in SenderReports.Build(options, at))
                socket.SendTo(report, to);
        }
    }

    private static void Play(CallReceiver receiver, long start, TimeSpan length, Process? card)
    {
        for (TimeSpan at = TimeSpan.Zero; at < length; at += TimeSpan.FromMilliseconds(10))
        {
            RealTime.WaitUntil(start, at);
            if (!receiver.IsPlayedOut)
                SoundCard.Write(card, receiver.Pull());
        }
    }

    private static Thread StartThread(ConcurrentQueue<Exception> faults, string name, Action run)
    {
        var thread = new Thread(() =>
        {
            try
            {
                run();
            }
            catch (Exception e)
            {
                faults.Enqueue(e);
            }
        })
        {
            Name = $"loopback {name}",
            IsBackground = true,
            Priority = ThreadPriority.AboveNormal,
        };
        thread.Start();
        return thread;
    }
}
