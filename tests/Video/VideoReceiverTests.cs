using RtcEnhance.Testing;

namespace RtcEnhance.Video.Tests;

public sealed class VideoReceiverTests : IDisposable
{
    private VideoReceiverOptions Manual => new() { OwnThread = false, QueueLength = 4, Time = _time };

    private VideoReceiverOptions Observed => new() { OwnThread = false, QueueLength = 4, Time = _time, Observer = _observer };

    private readonly EventList _observer = new();
    private readonly ManualTimeProvider _time = new();
    private readonly FakeDecoder _decoder = new();
    private readonly CollectingSink _sink = new();

    public void Dispose() => _decoder.Dispose();

    [Fact]
    public void Submit_KeyAndDeltaFrames_ReachTheSinkWithTheirFacts()
    {
        using VideoReceiver receiver = Create();

        Assert.True(receiver.Submit(Frame(1, isKey: true)));
        Assert.True(receiver.Submit(Frame(2, isKey: false)));
        Drain(receiver);

        Assert.Equal([1u, 2u], _sink.Timestamps);
        Assert.Equal((100, 33, true), (_sink.LastBytes, _sink.LastQp, _sink.FirstIsKey));
        VideoReceiverStats stats = receiver.GetStats();
        Assert.Equal((2, 2, 1, 66), (stats.FramesReceived, stats.FramesDecoded, stats.KeyFramesDecoded, stats.QpSum));
    }

    [Fact]
    public void Submit_DeltaFirst_AsksForAKeyFrameAtMostEveryHalfSecond()
    {
        using VideoReceiver receiver = Create();
        int requests = 0;
        receiver.KeyFrameRequested += _ => requests++;

        for (uint i = 0; i < 30; i++)
        {
            receiver.Submit(Frame(i, isKey: false));
            Drain(receiver);
            _time.Advance(TimeSpan.FromMilliseconds(33));
        }

        Assert.Equal(2, requests);
        Assert.Equal(30, receiver.GetStats().FramesDropped);
        Assert.Empty(_sink.Timestamps);
    }

    [Fact]
    public void Submit_GapThenKeyFrame_FreezesInBetween()
    {
        using VideoReceiver receiver = Create();

        receiver.Submit(Frame(1, isKey: true));
        receiver.Submit(Frame(2, isKey: false, hasGap: true));
        receiver.Submit(Frame(3, isKey: false));
        receiver.Submit(Frame(4, isKey: true));
        Drain(receiver);

        Assert.Equal([1u, 4u], _sink.Timestamps);
        Assert.Equal((2, 1), (receiver.GetStats().FramesDropped, receiver.GetStats().PliCount));
    }

    [Fact]
    public void Submit_FullQueue_DropsToTheNextKeyFrame()
    {
        using VideoReceiver receiver = Create();

        for (uint i = 0; i < 6; i++)
            receiver.Submit(Frame(i, isKey: i == 0));
        Assert.Equal(1, receiver.GetStats().PliCount);
        Assert.True(receiver.Submit(Frame(6, isKey: true)));
        Assert.True(receiver.Submit(Frame(7, isKey: false)));
        Drain(receiver);

        Assert.Equal([6u, 7u], _sink.Timestamps);
        Assert.Equal(6, receiver.GetStats().FramesDropped);
    }

    [Fact]
    public void Decode_CorruptFrame_FreezesUntilTheNextKeyFrame()
    {
        using VideoReceiver receiver = Create();
        _decoder.Next = timestamp => timestamp == 2 ? VideoDecodeStatus.Corrupt : VideoDecodeStatus.Ok;

        for (uint i = 1; i <= 4; i++)
        {
            receiver.Submit(Frame(i, isKey: i is 1 or 4));
            Drain(receiver);
        }

        Assert.Equal([1u, 4u], _sink.Timestamps);
        Assert.Equal((1, 1, 0), (receiver.GetStats().CorruptFrames, receiver.GetStats().PliCount, receiver.GetStats().DecoderFaults));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Decode_DecoderFails_IsMadeAnewOncePerKeyFrame(bool throws)
    {
        int made = 0;
        using var receiver = new VideoReceiver(Observed, _ => { made++; return _decoder; }, _sink);
        _decoder.Next = timestamp => timestamp >= 4 ? VideoDecodeStatus.Ok
            : throws ? throw new InvalidOperationException("broken") : VideoDecodeStatus.Faulted;

        for (uint i = 1; i <= 5; i++)
        {
            receiver.Submit(Frame(i, isKey: i is 1 or 3 or 4));
            Drain(receiver);
        }

        Assert.Equal(3, made);
        Assert.Equal(2, _decoder.Disposals);
        string fault = throws ? "decoder fake broken" : "decoder fake";
        Assert.Equal([fault, fault, "format video 16x16"], _observer.Events);
        Assert.Equal([4u, 5u], _sink.Timestamps);
    }

    [Fact]
    public void Decode_FactoryThrows_IsReportedAndTheStreamGoesOn()
    {
        using var receiver = new VideoReceiver(Observed, _ => throw new DllNotFoundException("libvpx"), _sink);

        receiver.Submit(Frame(1, isKey: true));
        Drain(receiver);

        Assert.Equal(["decoder Vp8 libvpx"], _observer.Events);
        Assert.Equal((1, 1), (receiver.GetStats().DecoderFaults, receiver.GetStats().FramesDropped));
    }

    [Fact]
    public void Callbacks_ThatThrow_AreCountedAndTheStreamGoesOn()
    {
        using VideoReceiver receiver = Create();
        receiver.KeyFrameRequested += _ => throw new InvalidOperationException("host");
        _sink.Throws = true;

        receiver.Submit(Frame(1, isKey: false));
        receiver.Submit(Frame(2, isKey: true));
        receiver.Submit(Frame(3, isKey: false));
        Drain(receiver);

        Assert.Equal((2, 3), (receiver.GetStats().FramesDecoded, receiver.GetStats().CallbackFaults));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OnFrame_ThatThrows_LosesNoPictureOfThePool(bool disposesFirst)
    {
        var pool = new VideoFramePool(2);
        using var receiver = new VideoReceiver(Manual, _ => _decoder, _sink, pool);
        _sink.Throws = true;
        _sink.Disposes = disposesFirst;

        for (uint i = 0; i < 5; i++)
        {
            receiver.Submit(Frame(i, isKey: true));
            Drain(receiver);
        }

        Assert.Equal((5, 5), (receiver.GetStats().PicturesDelivered, receiver.GetStats().CallbackFaults));
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void OnFrame_ThatThrowsAfterThePictureIsSomeoneElses_LeavesItAlone()
    {
        var pool = new VideoFramePool(2);
        using var receiver = new VideoReceiver(Manual, _ => _decoder, _sink, pool);
        VideoFrame? other = null;
        _sink.Throws = true;
        _sink.OnPicture = () => other = pool.Rent(16, 16);

        receiver.Submit(Frame(1, isKey: true));
        Drain(receiver);

        Assert.Equal(1, pool.Rented);
        Assert.Equal(16, other!.Width);
        other.Dispose();
    }

    [Fact]
    public void Decode_SizeChangesEveryFrame_GivesEverySize()
    {
        using VideoReceiver receiver = Create();

        for (int i = 0; i < 30; i++)
        {
            _decoder.Size = (1 + (i * 37 % 97), 1 + (i * 53 % 89));
            receiver.Submit(Frame((uint)i, isKey: true));
            Drain(receiver);
            Assert.Equal(_decoder.Size, (receiver.GetStats().FrameWidth, receiver.GetStats().FrameHeight));
        }

        Assert.Equal(30, _sink.Timestamps.Count);
    }

    [Fact]
    public void InsertPacket_SsrcChanges_ResetsTheDecoder()
    {
        using VideoReceiver receiver = Create();

        Assert.Equal([InsertResult.Accepted, InsertResult.Accepted, InsertResult.Accepted], Insert(receiver, KeyFrame(1)));
        Assert.Equal([InsertResult.TooLate, InsertResult.Flushed, InsertResult.Accepted], Insert(receiver, KeyFrame(2)));

        Assert.Equal(1, _decoder.Resets);
        Assert.Equal([1u, 2u], _sink.Timestamps);
        VideoReceiverStats stats = receiver.GetStats();
        Assert.Equal((6, 0, 0), (stats.PacketsReceived, stats.PacketsLost, stats.PacketsDiscarded));
    }

    [Fact]
    public void InsertPacket_NewStreamsFirstTwoSwapped_KeepsItsKeyFrame()
    {
        using VideoReceiver receiver = Create();
        List<RtpPacket> second = KeyFrame(2);

        Insert(receiver, KeyFrame(1));
        Insert(receiver, [second[1], second[0], second[2]]);

        Assert.Equal([1u, 2u], _sink.Timestamps);
        Assert.Equal(0, receiver.GetStats().PacketsLost);
    }

    [Theory]
    [InlineData(2, 96)]
    [InlineData(1, 102)]
    [InlineData(2, 102)]
    public void InsertPacket_StraysOfAnotherSourceOrCodec_LeaveTheStreamAlone(uint ssrc, byte payloadType)
    {
        using VideoReceiver receiver = Create();
        List<RtpPacket> packets = KeyFrame(1);
        for (ushort i = 0; i < 3; i++)
        {
            Assert.Equal(InsertResult.Accepted, receiver.InsertPacket(packets[i]));

            // In sequence among themselves, but with the stream's own packets between them.
            if (i < 2)
                Assert.Equal(InsertResult.TooLate, receiver.InsertPacket(Stray(ssrc, payloadType, i)));
        }

        Drain(receiver);

        Assert.Equal([1u], _sink.Timestamps);
        Assert.Equal(0, _decoder.Resets);
        VideoReceiverStats stats = receiver.GetStats();
        Assert.Equal((5, 0, 2, 0), (stats.PacketsReceived, stats.PacketsLost, stats.PacketsDiscarded, stats.PliCount));
    }

    [Fact]
    public void InsertPacket_NewStreamOrSequence_TellsWhatWasFlushed()
    {
        using var receiver = new VideoReceiver(Observed, _ => _decoder, _sink);
        Insert(receiver, KeyFrame(1)[..2]);
        Insert(receiver, KeyFrame(2)[..2]);

        Insert(receiver, [Stray(2, 96, 20_000), Stray(2, 96, 20_001)]);

        Assert.Equal(["flushed video 2", "flushed video 2"], _observer.Events);
    }

    [Fact]
    public void InsertPacket_AfterWarmUp_AllocatesNothing()
    {
        using VideoReceiver receiver = Create();
        List<RtpPacket> packets = [];
        var packetizer = new Vp8Packetizer(1);
        for (int i = 0; i < 400; i++)
            packetizer.Packetize(Key(), (uint)(i * 3000), i, packets);
        _sink.Keeps = false;
        int quarter = packets.Count / 4;
        int fed = 0;

        AllocationAssert.None(() => Feed(receiver, packets[fed++]), warmUps: quarter, runs: quarter);

        Assert.Equal(100 * fed / quarter, receiver.GetStats().FramesDecoded);
    }

    [Fact]
    public void Fuzz_TenThousandPackets_NeverThrow()
    {
        VideoReceiverStats stats = VideoFuzz.Run(10_000, seed: 1);

        Assert.True(stats is { FramesDecoded: > 10, PacketsMalformed: > 10, FramesDropped: > 10 }, stats.ToString());
    }

    [Fact]
    public void OwnThread_FramesIn_PicturesOut()
    {
        using var receiver = new VideoReceiver(new VideoReceiverOptions { Time = _time }, _ => _decoder, _sink);

        receiver.Submit(Frame(1, isKey: true));

        Assert.True(_sink.Arrived.Wait(TimeSpan.FromSeconds(30)));
        Assert.Throws<InvalidOperationException>(() => receiver.RunDecodeStep());
    }

    [Fact]
    public void Dispose_InsideTheSink_EndsTheThreadAndFreesTheDecoder()
    {
        var receiver = new VideoReceiver(new VideoReceiverOptions { Time = _time }, _ => _decoder, _sink);
        _sink.OnPicture = receiver.Dispose;

        receiver.Submit(Frame(1, isKey: true));

        Assert.True(_decoder.Disposed.Wait(TimeSpan.FromSeconds(30)));
        Assert.Equal(InsertResult.TooLate, receiver.InsertPacket(KeyFrame(1)[0]));
    }

    [Fact]
    public void CreateAndDispose_ThousandTimes_FreesEveryDecoder()
    {
        int alive = 0;
        for (int i = 0; i < 1000; i++)
        {
            var options = new VideoReceiverOptions { OwnThread = i % 4 == 0, QueueLength = 1, Time = _time };
            var receiver = new VideoReceiver(options, _ => new FakeDecoder { OnLife = d => Interlocked.Add(ref alive, d) }, _sink);
            receiver.Submit(Frame((uint)i, isKey: true));
            if (!options.OwnThread)
                receiver.RunDecodeStep();
            receiver.Dispose();
            receiver.Dispose();
        }

        Assert.Equal(0, alive);
    }

    [Fact]
    public void Options_OutOfRange_NameTheValue()
    {
        var e = Assert.Throws<ArgumentException>(() => new VideoReceiverOptions { QueueLength = 0 }.Validate());
        Assert.Contains("QueueLength is 0", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new VideoReceiverOptions { ReorderPackets = 5000 }.Validate());
        Assert.Throws<ArgumentException>(() => new VideoReceiverOptions { ReorderWindow = TimeSpan.FromTicks(-1) }.Validate());
        Assert.Throws<ArgumentException>(() => new VideoReceiverOptions { KeyFrameRequestInterval = TimeSpan.FromHours(1) }.Validate());
        Assert.Throws<ArgumentException>(() => new VideoReceiverOptions { PayloadTypes = new Dictionary<byte, VideoCodec> { [128] = VideoCodec.Vp8 } }.Validate());
    }

    private static RtpPacket Stray(uint ssrc, byte payloadType, ushort sequence)
        => new(ssrc, sequence, 0, payloadType, true, 0, new byte[] { 0x10, 1, 0, 0, 5, 5, 5, 5, 5, 5, 5, 5 });

    private static List<InsertResult> Insert(VideoReceiver receiver, IEnumerable<RtpPacket> packets)
    {
        List<InsertResult> results = [.. packets.Select(packet => receiver.InsertPacket(packet))];
        Drain(receiver);
        return results;
    }

    private static byte[] Key()
    {
        byte[] frame = new byte[3000];
        ((ReadOnlySpan<byte>)[0x10, 0, 0, 0x9D, 0x01, 0x2A, 16, 0, 16, 0]).CopyTo(frame);
        return frame;
    }

    private static List<RtpPacket> KeyFrame(uint ssrc)
    {
        List<RtpPacket> packets = [];
        new Vp8Packetizer(ssrc).Packetize(Key(), ssrc, 0, packets);
        return packets;
    }

    private static EncodedVideoFrame Frame(uint timestamp, bool isKey, bool hasGap = false) => new()
    {
        Codec = VideoCodec.Vp8,
        RtpTimestamp = timestamp,
        Data = new byte[100],
        IsKeyFrame = isKey,
        HasGap = hasGap,
        Qp = 33,
    };

    private static void Feed(VideoReceiver receiver, in RtpPacket packet)
    {
        receiver.InsertPacket(packet);
        Drain(receiver);
    }

    private static void Drain(VideoReceiver receiver)
    {
        while (receiver.RunDecodeStep())
        {
        }
    }

    private VideoReceiver Create() => new(Manual, _ => _decoder, _sink);

    private sealed class FakeDecoder : IVideoDecoder
    {
        private uint? _waiting;
        private bool _alive;

        public Func<uint, VideoDecodeStatus> Next { get; set; } = _ => VideoDecodeStatus.Ok;

        public Action<int>? OnLife { get; set; }

        public (int Width, int Height) Size { get; set; } = (16, 16);

        public int Resets { get; private set; }

        public int Disposals { get; private set; }

        public ManualResetEventSlim Disposed { get; } = new();

        public string Name => "fake";

        public VideoDecodeStatus Decode(in EncodedVideoFrame frame)
        {
            if (!_alive)
                OnLife?.Invoke(1);
            _alive = true;
            VideoDecodeStatus status = Next(frame.RtpTimestamp);
            _waiting = status == VideoDecodeStatus.Ok ? frame.RtpTimestamp : null;
            return status;
        }

        public bool TryTakePicture(VideoFramePool pool, out VideoFrame? picture)
        {
            picture = null;
            if (_waiting is not { } timestamp)
                return false;
            _waiting = null;
            picture = pool.Rent(Size.Width, Size.Height);
            if (picture is not null)
                picture.RtpTimestamp = timestamp;
            return true;
        }

        public void Reset() => Resets++;

        public void Dispose()
        {
            Disposals++;
            if (_alive)
                OnLife?.Invoke(-1);
            _alive = false;
            Disposed.Set();
        }
    }

    private sealed class EventList : PipelineObserver
    {
        public List<string> Events { get; } = [];

        protected override void OnBufferFlushed(string source, int items) => Events.Add($"flushed {source} {items}");

        protected override void OnFormatChanged(string source, string format) => Events.Add($"format {source} {format}");

        protected override void OnDecoderFaulted(string decoder, Exception? exception)
            => Events.Add($"decoder {decoder} {exception?.Message}".TrimEnd());
    }

    private sealed class CollectingSink : IVideoFrameSink
    {
        public List<uint> Timestamps { get; } = [];

        public ManualResetEventSlim Arrived { get; } = new();

        public bool Keeps { get; set; } = true;

        public bool Throws { get; set; }

        public bool Disposes { get; set; } = true;

        public Action? OnPicture { get; set; }

        public int? LastBytes { get; private set; }

        public int? LastQp { get; private set; }

        public bool? FirstIsKey { get; private set; }

        public void OnFrame(VideoFrame frame)
        {
            LastBytes = frame.EncodedBytes;
            LastQp = frame.Qp;
            FirstIsKey ??= frame.IsKeyFrame;
            if (Keeps)
                Timestamps.Add(frame.RtpTimestamp!.Value);
            if (Disposes)
                frame.Dispose();
            Arrived.Set();
            OnPicture?.Invoke();
            if (Throws)
                throw new InvalidOperationException("host");
        }
    }
}
