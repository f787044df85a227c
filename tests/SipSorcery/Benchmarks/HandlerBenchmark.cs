using System.Diagnostics;
using RtcEnhance.Benchmarks;
using RtcEnhance.Benchmarks.Receiver;
using RtcEnhance.FFmpegCli;
using RtcEnhance.Interop.Tests.Opus;
using RtcEnhance.Opus;
using RtcEnhance.Testing;
using RtcEnhance.Vpx;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery.Tests.Benchmarks;

/// <summary>
/// A call between two RTCPeerConnections in real time: Opus of which every tenth packet is lost, VP8 of 480x360 at 25 frames
/// a second, everything through one socket, decoded, concealed, extended and enlarged by the networks. Handlers before and
/// behind the adapter's take the time.
/// </summary>
internal static class HandlerBenchmark
{
    private const double LimitMicroseconds = 50;
    private const int FrameTicks = 3600;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static bool Run(int seconds)
    {
        IReadOnlyList<byte[]> pictures = EncodedClip();
        byte[][] sound = EncodedSpeech();
        var audio = new Durations(60 * seconds);
        var video = new Durations(3000 * seconds);
        long before = 0;
        bool isWarm = false;
        EnhancedSession? session = null;
        using Call call = Call.OverWebRtc(
            receiver =>
            {
                receiver.OnRtpPacketReceivedByIndex += (_, _, _, _) => before = Stopwatch.GetTimestamp();
                session = receiver.UseRtcEnhance(new EnhancedSessionOptions
                {
                    AudioDecoderFactory = _ => new OpusDecoder(),
                    VideoDecoderFactory = _ => new VpxDecoder(),
                    VideoSink = new CountingSink(),
                });
                receiver.OnRtpPacketReceivedByIndex += (_, _, media, _) =>
                {
                    if (Volatile.Read(ref isWarm))
                        (media == SDPMediaTypesEnum.audio ? audio : video).Add(Stopwatch.GetTimestamp() - before);
                };
            },
            AudioCommonlyUsedFormats.OpusWebRTC,
            Call.Vp8);

        using var end = new CancellationTokenSource();
        var device = new Thread(() => Pull(session!, end.Token)) { IsBackground = true };
        device.Start();
        var clock = Stopwatch.StartNew();
        for (int i = 0; clock.Elapsed < WarmUp + TimeSpan.FromSeconds(seconds); i++)
        {
            Volatile.Write(ref isWarm, clock.Elapsed > WarmUp);
            if (i % 10 != 7)
                call.Sender.AudioStream.SendRtpRaw(sound[i % sound.Length], (uint)(960 * i), 0, 111, (ushort)i);
            if (i % 2 == 0)
                call.Sender.VideoStream.SendVp8Frame(FrameTicks, 96, pictures[i / 2 % pictures.Count]);
            WaitUntil(clock, 20 * (i + 1));
        }

        EnhancedSessionStats stats = session!.GetStats();
        end.Cancel();
        device.Join();
        return Print(audio, video, stats);
    }

    private static bool Print(Durations audio, Durations video, in EnhancedSessionStats stats)
    {
        var table = new BenchTable("Time that the adapter holds the socket's callback, microseconds", "packets of", "packets", "p50", "p99", "p99.9", "most");
        foreach ((string name, Durations times) in new[] { ("audio", audio), ("video", video) })
            table.Add(name, times.Count, times.Microseconds(0.5), times.Microseconds(0.99), times.Microseconds(0.999), times.MaxMicroseconds);
        table.Print(Console.Out);
        Console.WriteLine(
            $"audio: {stats.Audio.PacketsLost} lost, {stats.Audio.FecPacketsReceived} recovered, {stats.Audio.ConcealedSamples} samples concealed; "
            + $"video: {stats.VideoReceiver.FramesDecoded} decoded, {stats.Video.FramesEnhancedByPrimary} enlarged by the network, {stats.Video.FramesEnhancedByFallback} by filters");
        bool holds = audio.Microseconds(0.99) < LimitMicroseconds && video.Microseconds(0.99) < LimitMicroseconds;
        Console.WriteLine(holds ? $"p99 is below {LimitMicroseconds} us." : $"p99 is NOT below {LimitMicroseconds} us.");
        return holds;
    }

    private static void Pull(EnhancedSession session, CancellationToken end)
    {
        var block = new float[480];
        var clock = Stopwatch.StartNew();
        for (long i = 1; !end.IsCancellationRequested; i++)
        {
            session.Audio.GetAudio(block);
            WaitUntil(clock, 10 * i);
        }
    }

    private static void WaitUntil(Stopwatch clock, long milliseconds)
    {
        long left = milliseconds - clock.ElapsedMilliseconds;
        if (left > 0)
            Thread.Sleep((int)left);
    }

    private static byte[][] EncodedSpeech()
    {
        float[] speech = SpeechLikeSignal.Create(4, 48000);
        using var encoder = new OpusEncoder(new OpusEncoderOptions { BitrateBps = 32000, InBandFec = true, ExpectedLossPercent = 10 });
        var payload = new byte[1500];
        return [.. Enumerable.Range(0, speech.Length / 960).Select(i => payload[..encoder.Encode(speech.AsSpan(960 * i, 960), payload)])];
    }

    private static IReadOnlyList<byte[]> EncodedClip()
    {
        string clip = Path.Combine(Repository.Root, "examples", "media", "talking-head-720.mp4");
        string file = Path.Combine(Directory.CreateTempSubdirectory("rtcenhance").FullName, "clip.ivf");
        using (Process process = Process.Start(
            FFmpegExecutable.Find().Path,
            [
                "-v", "error", "-nostdin", "-i", clip, "-frames:v", "100", "-vf", "scale=480:360", "-c:v", "libvpx", "-deadline", "realtime",
                "-cpu-used", "8", "-b:v", "300k", "-g", "50", "-auto-alt-ref", "0", "-lag-in-frames", "0", file,
            ]))
            process.WaitForExit();
        IReadOnlyList<byte[]> frames = IvfReader.ReadFrames(File.ReadAllBytes(file));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        return frames;
    }
}
