
namespace RtcEnhance.Video;

/// <summary>
/// Turns RTP packets or access units into decoded pictures. The network thread only sorts packets; decoding happens on
/// a thread of the receiver's own or in <see cref="RunDecodeStep"/>. After a loss that tore a reference the receiver
/// decodes nothing until the next key frame and asks for one. <see cref="InsertPacket"/> and <see cref="Submit"/>: one
/// thread at a time; everything else is thread-safe.
/// </summary>
public sealed partial class VideoReceiver : IDisposable
{
    private const int ClockRate = 90_000;
    private const string ObserverSource = "video";

    private readonly TimeProvider _time;
    private readonly Func<VideoCodec, IVideoDecoder> _decoderFactory;
    private readonly IVideoFrameSink _sink;
    private readonly VideoFramePool _framePool;
    private readonly VideoCodec?[] _codecs = new VideoCodec?[128];
    private readonly long _requestIntervalTicks;
    private readonly ArrivalJitter _jitter;

    private readonly Lock _lock = new();
    private readonly AccessUnitPool _units;
    private readonly FrameAssembler?[] _assemblers = new FrameAssembler?[Enum.GetValues<VideoCodec>().Length];
    private readonly AccessUnit[] _queue;
    private int _queueHead;
    private int _queueCount;
    private bool _dropToKeyFrame;

    private uint? _reportedSsrc;

    private readonly PipelineObserver? _observer;
    private long _nextRequest = long.MinValue;
    private Counters _counters;

    private volatile bool _disposed;

    /// <summary>A receiver, ready for packets.</summary>
    /// <param name="options">Configuration; copied.</param>
    /// <param name="decoderFactory">Makes a decoder when the first frame of a codec arrives and after a decoder failed.</param>
    /// <param name="sink">Takes the pictures, on the decode thread.</param>
    /// <param name="framePool">Where pictures are rented; null for a pool of 32: a second at 30 frames a second may wait for its sound.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public VideoReceiver(
        VideoReceiverOptions options,
        Func<VideoCodec, IVideoDecoder> decoderFactory,
        IVideoFrameSink sink,
        VideoFramePool? framePool = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(decoderFactory);
        ArgumentNullException.ThrowIfNull(sink);
        options.Validate();

        _time = options.Time;
        _observer = options.Observer;
        _jitter = new ArrivalJitter(_time, ClockRate);
        PlayoutClock = new PlayoutClock(_time, ClockRate);
        _decoderFactory = decoderFactory;
        _sink = sink;
        _framePool = framePool ?? new VideoFramePool(32);
        _requestIntervalTicks = ToTicks(options.KeyFrameRequestInterval);

        _queue = new AccessUnit[options.QueueLength];
        _units = new AccessUnitPool(options.QueueLength + 2);
        long window = ToTicks(options.ReorderWindow);
        foreach ((byte payloadType, VideoCodec codec) in options.PayloadTypes)
        {
            _codecs[payloadType] = codec;
            _assemblers[(int)codec] ??= new FrameAssembler(CreateDepacketizer(codec), _units, options.ReorderPackets, window);
        }

        if (options.OwnThread)
            StartDecodeThread();
    }

    /// <summary>
    /// Raised when a key frame is needed, with the SSRC to ask (0 for <see cref="Submit"/>), at most once per
    /// <see cref="VideoReceiverOptions.KeyFrameRequestInterval"/>, on the network or the decode thread.
    /// </summary>
    public event Action<uint>? KeyFrameRequested;

    /// <summary>
    /// Takes a packet from the network; never throws, never decodes, does not block on decoding. A packet of another SSRC
    /// or codec waits until a second one in sequence says that a new stream has begun (RFC 3550 A.1).
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <returns>
    /// What became of it: <see cref="InsertResult.TooLate"/>, too, for one that waits, <see cref="InsertResult.Flushed"/>
    /// for the one that begins the new stream.
    /// </returns>
    public InsertResult InsertPacket(in RtpPacket packet)
    {
        InsertResult result;
        int flushed;
        bool isNew;
        bool needsKeyFrame = false;
        lock (_lock)
        {
            if (_disposed)
                return InsertResult.TooLate;
            if (_codecs[packet.PayloadType & 0x7F] is not { } codec || packet.PayloadType > 127)
            {
                _counters.UnknownPayloadType++;
                return InsertResult.UnknownPayloadType;
            }

            _counters.PacketsReceived++;
            _counters.BytesReceived += packet.Payload.Length;
            _counters.HeaderBytesReceived += packet.HeaderBytes;
            if (!TryFindStream_NeedsLock(packet, codec, out isNew))
                return InsertResult.TooLate;
            result = Insert_NeedsLock(packet);
            if (isNew && result == InsertResult.Accepted)
                result = InsertResult.Flushed;
            flushed = _flushedPackets;
            while (_assembler!.TryTake(packet.ArrivalTimestamp, out AccessUnit? unit))
                needsKeyFrame |= !Enqueue_NeedsLock(unit!);
        }

        if (isNew || result == InsertResult.Flushed)
            _observer?.NotifyBufferFlushed(ObserverSource, flushed);
        if (needsKeyFrame)
            RequestKeyFrame(packet.Ssrc);
        return result;
    }

    /// <summary>Takes an access unit from a host that depacketises itself; never throws, never decodes.</summary>
    /// <param name="frame">The access unit; its data must not change until it was decoded.</param>
    /// <returns>False where it was dropped because the queue is full or the receiver is closed.</returns>
    public bool Submit(in EncodedVideoFrame frame)
    {
        bool accepted;
        lock (_lock)
        {
            if (_disposed)
                return false;
            AccessUnit unit = _units.Rent();
            unit.Wrap(frame);
            unit.Ssrc = 0;
            accepted = Enqueue_NeedsLock(unit);
        }

        if (!accepted)
            RequestKeyFrame(0);
        return accepted;
    }

    /// <summary>
    /// The stream's clock, for a <see cref="LipSync"/>. It forgets the reports of a stream that another one replaced;
    /// playout is reported by the <see cref="VideoEnhancer"/> that has the <see cref="LipSync"/>.
    /// </summary>
    public PlayoutClock PlayoutClock { get; }

    /// <summary>Takes note of a sender report, from any thread.</summary>
    /// <param name="report">The report.</param>
    /// <returns>False where it is ignored: of another stream, a duplicate, or from a sender without a wall clock.</returns>
    public bool AddSenderReport(in RtcpSenderReport report)
    {
        lock (_lock)
        {
            if (_assembler is not null && report.Ssrc != _ssrc)
                return false;
            FollowSource_NeedsLock(report.Ssrc);
            return PlayoutClock.AddSenderReport(report);
        }
    }

    /// <summary>Stops decoding and frees the decoder. It may be called inside a callback, and twice.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            while (_queueCount > 0)
                _units.Return(Dequeue_NeedsLock());
            GiveUpHeld_NeedsLock();
            foreach (FrameAssembler? assembler in _assemblers)
                assembler?.Reset();
        }

        StopDecoding();
    }

    private static IDepacketizer CreateDepacketizer(VideoCodec codec) => codec switch
    {
        VideoCodec.Vp8 => new Vp8Depacketizer(),
        VideoCodec.H264 => new H264Depacketizer(),
        VideoCodec.Vp9 => new Vp9Depacketizer(),
        _ => new Av1Depacketizer(),
    };

    private long ToTicks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    // A full queue gives way to a key frame; without one it keeps what can still be decoded and drops what follows.
    private bool Enqueue_NeedsLock(AccessUnit unit)
    {
        _counters.FramesReceived++;
        if (unit.PacketCount > 1)
        {
            _counters.MultiPacketFrames++;
            _counters.AssemblyTicks += unit.LastArrival - unit.FirstArrival;
        }

        if (_queueCount == _queue.Length)
            DropToQueuedKeyFrame_NeedsLock(unit.IsKeyFrame);
        if (_queueCount == _queue.Length || (_dropToKeyFrame && !unit.IsKeyFrame))
        {
            _dropToKeyFrame = true;
            _counters.FramesDroppedInQueue++;
            _units.Return(unit);
            return false;
        }

        _dropToKeyFrame = false;
        _queue[(_queueHead + _queueCount) % _queue.Length] = unit;
        _queueCount++;
        _wake?.Set();
        return true;
    }

    private void DropToQueuedKeyFrame_NeedsLock(bool mayEmpty)
    {
        int keep = mayEmpty ? _queueCount : 0;
        for (int i = 1; i < _queueCount && !mayEmpty; i++)
        {
            if (_queue[(_queueHead + i) % _queue.Length].IsKeyFrame)
                keep = i;
        }

        for (int i = 0; i < keep; i++)
        {
            _counters.FramesDroppedInQueue++;
            _units.Return(Dequeue_NeedsLock());
        }
    }

    private AccessUnit Dequeue_NeedsLock()
    {
        AccessUnit unit = _queue[_queueHead];
        _queueHead = (_queueHead + 1) % _queue.Length;
        _queueCount--;
        return unit;
    }

    private void RequestKeyFrame(uint ssrc)
    {
        long now = _time.GetTimestamp();
        lock (_lock)
        {
            if (_disposed || now < _nextRequest)
                return;
            _nextRequest = now + _requestIntervalTicks;
            _counters.KeyFrameRequests++;
        }

        _observer?.NotifyKeyFrameRequested(ssrc);
        try
        {
            KeyFrameRequested?.Invoke(ssrc);
        }
        catch (Exception e)
        {
            ReportCallbackFault(e);
        }
    }

    /// <summary>The host's fault must not stop the stream: it is counted and told.</summary>
    private void ReportCallbackFault(Exception fault)
    {
        lock (_lock)
            _counters.CallbackFaults++;
        _observer?.NotifyCallbackFaulted(nameof(VideoReceiver), fault);
    }
}
