using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video.Sync;

/// <summary>
/// One sender's voice and picture on a virtual clock: sampling clocks that drift, a wall clock of its own, reports with
/// jitter, an audio stream that nears the delay asked of it as stretching can, and the enhancer. It knows when everything
/// was captured, and so by how much each picture shown is later than its sound.
/// </summary>
internal sealed class SyncedCall : IVideoFrameSink, IPlayoutDelay, IDisposable
{
    /// <summary>Audio stretches by a tenth at most.</summary>
    private const double StretchRate = 0.1;

    private const double Epoch = 3_950_000_000;
    private const double FrameInterval = 1.0 / 30;
    private const double Tick = 0.005;

    private readonly Random _random = new(1);
    private readonly VideoFramePool _pool = new(32);
    private readonly PriorityQueue<uint, double> _arrivals = new();
    private readonly Dictionary<uint, double> _captured = [];
    private readonly VideoEnhancer _enhancer;
    private readonly LipSync _lipSync;
    private long _frames;
    private double _nextFrame;
    private double _nextBlock;
    private double _nextAudioReport = 0.4;
    private double _nextVideoReport = 1.1;
    private double _lastArrival;
    private double _minimum;

    public SyncedCall()
    {
        PlayoutClock = new PlayoutClock(Time, 48_000);
        VideoClock = new PlayoutClock(Time, 90_000);
        _lipSync = new LipSync(this, VideoClock);
        _enhancer = new VideoEnhancer(this, new VideoEnhancerOptions { Method = UpscaleMethod.PassThrough, OwnThread = false, Time = Time })
        {
            LipSync = _lipSync,
        };
    }

    public ManualTimeProvider Time { get; } = new();

    public PlayoutClock PlayoutClock { get; }

    public PlayoutClock VideoClock { get; }

    public TimeSpan CurrentDelay => TimeSpan.FromSeconds(AudioDelay);

    public TimeSpan MinimumDelay
    {
        get => TimeSpan.FromSeconds(_minimum);
        set
        {
            _minimum = value.TotalSeconds;
            MinimumChanges++;
        }
    }

    public int MinimumChanges { get; private set; }

    /// <summary>From capture to the arrival of the fastest audio packets.</summary>
    public double AudioNetwork { get; init; } = 0.02;

    /// <summary>What the jitter buffer wants of its own.</summary>
    public double AudioTarget { get; set; } = 0.02;

    /// <summary>What it has now.</summary>
    public double AudioDelay { get; set; } = 0.02;

    /// <summary>From capture to the decoded picture.</summary>
    public double VideoDelay { get; set; }

    public double VideoJitter { get; init; }

    public double AudioDriftPpm { get; init; }

    public double VideoDriftPpm { get; init; }

    /// <summary>Of the sender's wall clock against the local one.</summary>
    public double WallDriftPpm { get; init; }

    /// <summary>Added to the sender's wall clock.</summary>
    public double WallOffset { get; set; }

    public double ReportJitter { get; init; } = 0.002;

    /// <summary>Blocks of 10 ms that the device pulls at once.</summary>
    public int BlocksPerPull { get; init; } = 1;

    public bool SendsAudioReports { get; set; } = true;

    public bool SendsVideoReports { get; set; } = true;

    public bool SendsVideo { get; set; } = true;

    public double Now => Time.Elapsed.TotalSeconds;

    /// <summary>Pictures shown since the last <see cref="Run"/>, in ms: how much later than its sound each one was.</summary>
    public List<double> OffsetsMs { get; } = [];

    /// <summary>Longest time between two pictures since the last <see cref="Run"/>.</summary>
    public double LongestGapMs { get; private set; }

    public InboundVideoStats Stats => _enhancer.GetStats();

    private double HeardDelay => AudioNetwork + AudioDelay;

    private double _lastShown = -1;

    public void Run(double seconds)
    {
        OffsetsMs.Clear();
        LongestGapMs = 0;
        double end = Now + seconds;
        while (Now < end - 1e-9)
        {
            Time.Advance(TimeSpan.FromSeconds(Tick));
            PlayAudio();
            SendReports();
            CaptureVideo();
            while (_arrivals.TryPeek(out uint timestamp, out double at) && at <= Now)
            {
                _arrivals.Dequeue();
                VideoFrame frame = _pool.Rent(2, 2)!;
                frame.RtpTimestamp = timestamp;
                _enhancer.Submit(frame);
            }

            while (_enhancer.RunStep())
            {
            }
        }
    }

    public void OnFrame(VideoFrame frame)
    {
        _captured.Remove(frame.RtpTimestamp!.Value, out double captured);
        frame.Dispose();
        OffsetsMs.Add((Now - captured - HeardDelay) * 1000);
        if (_lastShown >= 0)
            LongestGapMs = Math.Max(LongestGapMs, (Now - _lastShown) * 1000);
        _lastShown = Now;
    }

    /// <summary>The call ends for the audio, but not for its receiver.</summary>
    public void EndSync() => _lipSync.Dispose();

    public void Dispose()
    {
        _enhancer.Dispose();
        _lipSync.Dispose();
    }

    private void PlayAudio()
    {
        double wanted = Math.Max(AudioTarget, _minimum);
        AudioDelay += Math.Clamp(wanted - AudioDelay, -StretchRate * Tick, StretchRate * Tick);
        if (Now < _nextBlock)
            return;
        _nextBlock += 0.01 * BlocksPerPull;
        for (int i = 0; i < BlocksPerPull; i++)
            PlayoutClock.ReportPlayout(AudioTimestamp(Now + (0.01 * i) - HeardDelay), Time.GetTimestamp());
    }

    private void SendReports()
    {
        if (Now >= _nextAudioReport)
        {
            _nextAudioReport += 5;
            if (SendsAudioReports)
                PlayoutClock.AddSenderReport(Report(AudioTimestamp(Now)));
        }

        if (Now >= _nextVideoReport)
        {
            _nextVideoReport += 1;
            if (SendsVideoReports)
                VideoClock.AddSenderReport(Report(VideoTimestamp(Now)));
        }
    }

    private void CaptureVideo()
    {
        if (Now < _nextFrame)
            return;
        double captured = _nextFrame;
        _nextFrame = ++_frames * FrameInterval;
        if (!SendsVideo)
            return;
        uint timestamp = VideoTimestamp(captured);
        _captured[timestamp] = captured;
        _lastArrival = Math.Max(_lastArrival, Now + VideoDelay + (_random.NextDouble() * VideoJitter));
        _arrivals.Enqueue(timestamp, _lastArrival);
    }

    private RtcpSenderReport Report(uint rtpTimestamp)
    {
        double wall = Epoch + WallOffset + (Now * (1 + (WallDriftPpm * 1e-6))) + ((_random.NextDouble() - 0.5) * 2 * ReportJitter);
        return new RtcpSenderReport { Ssrc = 1, NtpTimestamp = (ulong)(wall * 4294967296.0), RtpTimestamp = rtpTimestamp };
    }

    private uint AudioTimestamp(double time) => unchecked((uint)(long)(4_294_000_000 + (time * 48_000 * (1 + (AudioDriftPpm * 1e-6)))));

    private uint VideoTimestamp(double time) => unchecked((uint)(long)(4_290_000_000 + (time * 90_000 * (1 + (VideoDriftPpm * 1e-6)))));
}
