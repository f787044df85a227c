using RtcEnhance.Audio;
using RtcEnhance.FFmpegCli;
using RtcEnhance.Loopback.Sending;
using RtcEnhance.Video;
using RtcEnhance.Vpx;

namespace RtcEnhance.Loopback.Receiving;

/// <summary>
/// The receiving side of the call: what an application would write around the library, with recorders for the report.
/// Datagrams may come from several threads; <see cref="Pull"/> belongs to one.
/// </summary>
public sealed class CallReceiver : IDisposable
{
    private readonly TimeProvider _time;
    private readonly float[] _block = new float[480];
    private readonly List<float> _played = [];
    private readonly List<RtpPacket> _arrivals = [];
    private readonly List<long> _pulls = [];
    private readonly List<double> _pullMs = [];
    private readonly Lock _lock = new();

    /// <summary>Builds both receivers.</summary>
    /// <param name="options">The call.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ownThreads">False on a virtual clock: then <see cref="RunVideo"/> does the threads' work.</param>
    /// <param name="requestKeyFrame">Called when the video needs a key frame.</param>
    public CallReceiver(CallOptions options, TimeProvider time, bool ownThreads, Action requestKeyFrame)
    {
        ArgumentNullException.ThrowIfNull(options);
        _time = time;
        Directory.CreateDirectory(options.OutputDirectory);
        Decoded = new FrameSpool(Path.Combine(options.OutputDirectory, "decoded.tmp"), time);
        Shown = new FrameSpool(Path.Combine(options.OutputDirectory, "shown.tmp"), time);

        Audio = new AudioReceiver(AudioOptions(options, time));
        Enhancer = new VideoEnhancer(new SpoolingSink(Shown), new VideoEnhancerOptions { Time = time, OwnThread = ownThreads });
        Video = new VideoReceiver(
            new VideoReceiverOptions { Time = time, OwnThread = ownThreads },
            static codec => codec == VideoCodec.Vp8 ? new VpxDecoder() : new H264PipeDecoder(),
            new TappingSink(Decoded, Enhancer));
        Video.KeyFrameRequested += _ => requestKeyFrame();
    }

    /// <summary>The audio receiver.</summary>
    public AudioReceiver Audio { get; }

    /// <summary>The video receiver.</summary>
    public VideoReceiver Video { get; }

    /// <summary>The video enhancer.</summary>
    public VideoEnhancer Enhancer { get; }

    /// <summary>Pictures as they were decoded.</summary>
    public FrameSpool Decoded { get; }

    /// <summary>Pictures as they were shown.</summary>
    public FrameSpool Shown { get; }

    /// <summary>What was played, 48 kHz mono.</summary>
    public IReadOnlyList<float> Played => _played;

    /// <summary>Every audio packet that arrived, in order.</summary>
    public IReadOnlyList<RtpPacket> Arrivals => _arrivals;

    /// <summary>When each block was pulled.</summary>
    public IReadOnlyList<long> Pulls => _pulls;

    /// <summary>How long each pull took, in milliseconds.</summary>
    public IReadOnlyList<double> PullMs => _pullMs;

    /// <summary>How the demo plays audio.</summary>
    public static AudioReceiverOptions AudioOptions(CallOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new AudioReceiverOptions
        {
            Time = time,
            Enhancement = new EnhancementOptions { PlayoutDelay = PlayoutDelayOptions.Fixed(TimeSpan.FromMilliseconds(options.DelayMs)) },
            Decoders = new Dictionary<byte, Func<IAudioDecoder>>
            {
                [AudioPackets.PayloadType(options.AudioCodec)] = () => AudioPackets.CreateDecoder(options.AudioCodec),
            },
        };
    }

    /// <summary>A datagram arrived.</summary>
    /// <param name="datagram">Its bytes; not changed any more.</param>
    public void OnDatagram(ReadOnlyMemory<byte> datagram)
    {
        long now = _time.GetTimestamp();
        if (!RtpPacket.TryParse(datagram, now, out RtpPacket packet))
            return;
        if (packet.Ssrc == VideoSender.Ssrc)
        {
            Video.InsertPacket(packet);
            return;
        }

        Audio.InsertPacket(packet);
        lock (_lock)
            _arrivals.Add(packet);
    }

    /// <summary>Plays 10 ms.</summary>
    /// <returns>The samples; valid until the next call.</returns>
    public ReadOnlySpan<float> Pull()
    {
        long start = _time.GetTimestamp();
        Audio.GetAudio(_block);
        _pullMs.Add(_time.GetElapsedTime(start).TotalMilliseconds);
        _pulls.Add(start);
        _played.AddRange(_block);
        return _block;
    }

    /// <summary>Decodes and enlarges all that waits, on the caller's thread.</summary>
    public void RunVideo()
    {
        while (Video.RunDecodeStep())
        {
            while (Enhancer.RunStep())
            {
            }
        }
    }

    /// <summary>Stops the threads; the recordings stay.</summary>
    public void Stop()
    {
        Video.Dispose();
        Enhancer.Dispose();
        Audio.Dispose();
    }

    /// <summary>Stops and deletes the recordings.</summary>
    public void Dispose()
    {
        Stop();
        Decoded.Dispose();
        Shown.Dispose();
    }


    

    private sealed class SpoolingSink(FrameSpool spool) : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame)
        {
            spool.Add(frame);
            frame.Dispose();
        }
    }

    private sealed class TappingSink(FrameSpool spool, VideoEnhancer enhancer) : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame)
        {
            spool.Add(frame);
            enhancer.Submit(frame);
        }
    }
}
