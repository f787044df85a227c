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
    private readonly List<TimeSpan> _minimumDelays = [];
    private readonly LipSync _lipSync;
    private readonly uint _lastTimestamp;
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
        _lastTimestamp = (uint)(options.Seconds * 1000 / AudioPackets.PacketMs) * (uint)(AudioPackets.ClockRateHz(options.AudioCodec) * AudioPackets.PacketMs / 1000);
        Directory.CreateDirectory(options.OutputDirectory);
        Decoded = new FrameSpool(Path.Combine(options.OutputDirectory, "decoded.tmp"), time);
        Shown = new FrameSpool(Path.Combine(options.OutputDirectory, "shown.tmp"), time);

        // Else the models are loaded while the call runs: how far it is by then, no virtual clock can say.
        if (!ownThreads)
        {
            UpscalingModelSource.Quality.Load();
            UpscalingModelSource.Fast.Load();
            AudioReceiverOptions audio = AudioOptions(options, time, null);
            audio.ConcealmentModel?.Load();
            audio.BandwidthExtensionModel?.Load();
        }

        Audio = new AudioReceiver(AudioOptions(options, time, Playout));
        Enhancer = new VideoEnhancer(new SpoolingSink(Shown), new VideoEnhancerOptions { Time = time, OwnThread = ownThreads, Method = options.Upscale });
        Video = new VideoReceiver(
            new VideoReceiverOptions { Time = time, OwnThread = ownThreads },
            static codec => codec == VideoCodec.Vp8 ? new VpxDecoder() : new H264PipeDecoder(),
            new TappingSink(Decoded, Enhancer));
        Video.KeyFrameRequested += _ => requestKeyFrame();
        _lipSync = new LipSync(Audio, Video.PlayoutClock);
        Enhancer.LipSync = _lipSync;
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

    /// <summary>Whether the last packet of the call was played.</summary>
    public bool IsPlayedOut => Playout.Steps is [.., var last] && last.RtpTimestamp >= _lastTimestamp;

    /// <summary>What was played, 48 kHz mono.</summary>
    public IReadOnlyList<float> Played => _played;

    /// <summary>What the audio receiver decided for each of its blocks.</summary>
    public PlayoutRecorder Playout { get; } = new();

    /// <summary>Every audio packet that arrived, in order.</summary>
    public IReadOnlyList<RtpPacket> Arrivals => _arrivals;

    /// <summary>When each block was pulled.</summary>
    public IReadOnlyList<long> Pulls => _pulls;

    /// <summary>What lip synchronisation asked of the audio's delay at each pull.</summary>
    public IReadOnlyList<TimeSpan> MinimumDelays => _minimumDelays;

    /// <summary>How long each pull took, in milliseconds.</summary>
    public IReadOnlyList<double> PullMs => _pullMs;

    /// <summary>How the demo plays audio.</summary>
    public static AudioReceiverOptions AudioOptions(CallOptions options, TimeProvider time, IPlayoutLog? log)
    {
        ArgumentNullException.ThrowIfNull(options);
        PlayoutDelayOptions delay = options.DelayMs is { } ms ? PlayoutDelayOptions.Fixed(TimeSpan.FromMilliseconds(ms)) : new PlayoutDelayOptions();
        return new AudioReceiverOptions
        {
            Time = time,
            Enhancement = new EnhancementOptions { PlayoutDelay = delay },
            PlayoutLog = log,
            ConcealmentModel = ConcealmentModelSource.HasBuiltIn ? ConcealmentModelSource.BuiltIn : null,
            BandwidthExtensionModel = BandwidthExtensionModelSource.HasBuiltIn ? BandwidthExtensionModelSource.BuiltIn : null,
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
        {
            if (RtcpSenderReport.TryParse(datagram.Span, out RtcpSenderReport report))
                _ = report.Ssrc == VideoSender.Ssrc ? Video.AddSenderReport(report) : Audio.AddSenderReport(report);
            return;
        }

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
        _minimumDelays.Add(Audio.MinimumDelay);
        _played.AddRange(_block);
        return _block;
    }

    /// <summary>Decodes, enlarges and shows all that is due, on the caller's thread.</summary>
    public void RunVideo()
    {
        do
        {
            while (Enhancer.RunStep())
            {
            }
        }
        while (Video.RunDecodeStep());
    }

    /// <summary>Stops the threads; the recordings stay.</summary>
    public void Stop()
    {
        _lipSync.Dispose();
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
