using System.Buffers.Binary;
using RtcEnhance.Audio;
using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video.Sync;

/// <summary>
/// The audio receiver and the video enhancer on one virtual clock, tied together by <see cref="LipSync"/>. The sound says
/// by itself when it was captured: each sample is the number of its place.
/// </summary>
public sealed class ReceivedLipSyncTests : IVideoFrameSink, IDisposable
{
    private const double LimitMs = 45;
    private const int RateHz = 8000;
    private const int PacketSamples = 160;
    private const double Epoch = 3_950_000_000;

    // Samples until the numbers repeat: 4 s.
    private const int Ramp = 32_000;

    private readonly ManualTimeProvider _time = new();
    private readonly Random _random = new(1);
    private readonly VideoFramePool _pool = new(64);
    private readonly PriorityQueue<RtpPacket, long> _packets = new();
    private readonly PriorityQueue<uint, double> _pictures = new();
    private readonly Dictionary<uint, double> _captured = [];
    private readonly AudioReceiver _audio;
    private readonly PlayoutClock _videoClock;
    private readonly LipSync _lipSync;
    private readonly VideoEnhancer _enhancer;
    private readonly float[] _block = new float[RateHz / 100];
    private readonly List<double> _offsetsMs = [];
    private double _heardDelay;
    private double _lastPicture;
    private int _tick;
    private int _sentPackets;
    private int _sentPictures;

    public ReceivedLipSyncTests()
    {
        _audio = new AudioReceiver(new AudioReceiverOptions
        {
            Time = _time,
            OutputFormat = new AudioFormat(RateHz),
            ExtendBandwidth = false,
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [96] = () => new L16Decoder(RateHz) },
        });
        _videoClock = new PlayoutClock(_time, 90_000);
        _lipSync = new LipSync(_audio, _videoClock);
        _enhancer = new VideoEnhancer(this, new VideoEnhancerOptions { Method = UpscaleMethod.PassThrough, OwnThread = false, Time = _time })
        {
            LipSync = _lipSync,
        };
    }

    private double Now => _time.Elapsed.TotalSeconds;

    private double AudioDelay { get; set; }

    private double AudioJitter { get; set; }

    private double VideoDelay { get; set; }

    [Theory]
    [InlineData(0.02, 0.00, 0.03)]
    [InlineData(0.02, 0.06, 0.03)]
    [InlineData(0.20, 0.06, 0.03)]
    [InlineData(0.02, 0.00, 0.15)]
    [InlineData(0.02, 0.06, 0.30)]
    public void AnyDelays_EndWithLipsAndVoiceTogether(double audioDelay, double audioJitter, double videoDelay)
    {
        (AudioDelay, AudioJitter, VideoDelay) = (audioDelay, audioJitter, videoDelay);

        Run(12);
        _offsetsMs.Clear();
        Run(30);

        Assert.InRange(_offsetsMs.Count, 890, 905);
        Assert.All(_offsetsMs, offset => Assert.InRange(offset, -LimitMs, LimitMs));
        Assert.Equal(0, _audio.GetStats().ConcealedSamples);
        Assert.Equal(0, _enhancer.GetStats().FramesDropped);
    }

    [Fact]
    public void DelaysThatStep_ComeTogetherAgain()
    {
        (AudioDelay, VideoDelay) = (0.02, 0.03);
        Run(15);
        foreach ((double audio, double video) in new[] { (0.2, 0.03), (0.02, 0.03), (0.02, 0.25), (0.02, 0.03) })
        {
            (AudioDelay, VideoDelay) = (audio, video);
            Run(10);
            _offsetsMs.Clear();
            Run(10);
            Assert.InRange(_offsetsMs.Count, 290, 305);
            Assert.All(_offsetsMs, offset => Assert.InRange(offset, -LimitMs, LimitMs));
        }
    }

    void IVideoFrameSink.OnFrame(VideoFrame frame)
    {
        _captured.Remove(frame.RtpTimestamp!.Value, out double captured);
        frame.Dispose();
        _offsetsMs.Add((Now - captured - _heardDelay) * 1000);
    }

    public void Dispose()
    {
        _enhancer.Dispose();
        _lipSync.Dispose();
        _audio.Dispose();
    }

    private void Run(double seconds)
    {
        for (int end = _tick + (int)(seconds * 200); _tick < end; _tick++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(5));
            SendAudio();
            SendVideo();
            while (_packets.TryPeek(out _, out long at) && at <= _time.GetTimestamp())
                _audio.InsertPacket(_packets.Dequeue());
            if (_tick % 2 == 0)
                Pull();
            while (_pictures.TryPeek(out uint timestamp, out double at) && at <= Now)
            {
                _pictures.Dequeue();
                VideoFrame frame = _pool.Rent(2, 2)!;
                frame.RtpTimestamp = timestamp;
                _enhancer.Submit(frame);
            }

            while (_enhancer.RunStep())
            {
            }
        }
    }

    private void Pull()
    {
        _audio.GetAudio(_block);

        // Near the end of the ramp a splice may mix both ends.
        double place = _block[0] * 32_768;
        if (place is < 1000 or > Ramp - 1000)
            return;
        double since = (Now - (place / RateHz)) % ((double)Ramp / RateHz);
        _heardDelay = since;
    }

    private void SendAudio()
    {
        // A packet leaves when its last sample is captured.
        while ((_sentPackets + 1) * 0.02 <= Now)
        {
            var payload = new byte[2 * PacketSamples];
            long first = (long)_sentPackets * PacketSamples;
            for (int i = 0; i < PacketSamples; i++)
                BinaryPrimitives.WriteInt16BigEndian(payload.AsSpan(2 * i), (short)((first + i) % Ramp));
            long arrival = (long)((((_sentPackets + 1) * 0.02) + AudioDelay + (_random.NextDouble() * AudioJitter)) * TimeSpan.TicksPerSecond);
            _packets.Enqueue(new RtpPacket(1, (ushort)_sentPackets, AudioTimestamp(first / (double)RateHz), 96, false, arrival, payload), arrival);
            _sentPackets++;
            if (_sentPackets % 250 == 20)
                _audio.AddSenderReport(Report(1, AudioTimestamp(Now)));
        }
    }

    private void SendVideo()
    {
        while (_sentPictures / 30.0 <= Now)
        {
            double captured = _sentPictures++ / 30.0;
            uint timestamp = VideoTimestamp(captured);
            _captured[timestamp] = captured;
            _lastPicture = Math.Max(_lastPicture, captured + VideoDelay);
            _pictures.Enqueue(timestamp, _lastPicture);
            if (_sentPictures % 30 == 10)
                _videoClock.AddSenderReport(Report(2, VideoTimestamp(Now)));
        }
    }

    private RtcpSenderReport Report(uint ssrc, uint rtpTimestamp)
    {
        double wall = Epoch + Now + ((_random.NextDouble() - 0.5) * 0.004);
        return new RtcpSenderReport { Ssrc = ssrc, NtpTimestamp = (ulong)(wall * 4294967296.0), RtpTimestamp = rtpTimestamp };
    }

    private static uint AudioTimestamp(double time) => unchecked((uint)(4_294_900_000 + (long)Math.Round(time * RateHz)));

    private static uint VideoTimestamp(double time) => unchecked((uint)(4_290_000_000 + (long)Math.Round(time * 90_000)));
}
