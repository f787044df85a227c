using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>
/// What hosts and decoders get wrong: pixel formats that change on every frame, missing and short buffers, impossible
/// sizes, access units that do not decode, decoders that fail or throw, and streams that freeze. Each is refused with a
/// reason or counted, and the next good frame comes out. One thread at a time.
/// </summary>
public sealed class VideoInputSoak : IDisposable
{
    private const int FreezeInterval = 400;

    private static readonly TimeSpan FrameInterval = TimeSpan.FromMilliseconds(33);

    private readonly ManualTimeProvider _clock = new();
    private readonly VideoFramePool _pool = new(4);
    private readonly HostBuffer _host = new();
    private readonly SoakResult _result = new("bad buffers, corrupt decoding and freezes");
    private readonly Random _random;
    private readonly ScriptedVideoDecoder _decoder;
    private readonly VideoEnhancer _enhancer;
    private readonly VideoReceiver _receiver;
    private long _good;
    private long _freezes;
    private bool _waitsForKeyFrame = true;

    private VideoInputSoak(int seed)
    {
        _random = new Random(seed);
        _decoder = new ScriptedVideoDecoder(_random);
        _enhancer = new VideoEnhancer(new CheckingSink(_ => { }), new VideoEnhancerOptions { Method = UpscaleMethod.Easu, OwnThread = false, Time = _clock });
        _receiver = new VideoReceiver(new VideoReceiverOptions { OwnThread = false, Time = _clock }, _ => _decoder, _enhancer, _pool);
    }

    /// <summary>Runs a stream.</summary>
    /// <param name="frames">Its length; a freeze comes after each 400.</param>
    /// <param name="seed">Seed of what goes wrong.</param>
    /// <returns>Counts and broken promises.</returns>
    public static SoakResult Run(int frames, int seed)
    {
        using var soak = new VideoInputSoak(seed);
        for (int i = 0; i < frames; i++)
            soak.Step(i);
        soak.CheckEnd();
        return soak._result;
    }

    /// <summary>Ends the stream.</summary>
    public void Dispose()
    {
        _receiver.Dispose();
        _enhancer.Dispose();
    }

    private void Step(int number)
    {
        _result.Steps++;
        long rendered = _enhancer.GetStats().FramesRendered;
        bool comesOut = _random.Next(3) switch
        {
            0 => SubmitDecoded(),
            1 => RefuseBad(),
            _ => Decode(number),
        };

        while (_enhancer.RunStep())
        {
        }

        if (comesOut)
            _good++;
        if (_enhancer.GetStats().FramesRendered - rendered != (comesOut ? 1 : 0))
            _result.Break($"{_enhancer.GetStats().FramesRendered - rendered} frames came out of one that was {(comesOut ? "good" : "bad")}");
        _clock.Advance(FrameInterval);
        if (number % FreezeInterval == FreezeInterval - 1)
            Freeze();
    }

    private bool SubmitDecoded()
    {
        int width = _random.Next(1, 97);
        int height = _random.Next(1, 97);
        HostPicture picture = _host.Draw((HostPixelFormat)_random.Next(5), width, height, _random.Next(8), _random.Next(2) == 0, 200, 40);
        return Submit(picture, width, height);
    }

    /// <summary>Gives a picture that does not fit its memory; it must be refused with a reason.</summary>
    private bool RefuseBad()
    {
        int width = _random.Next(1, 97);
        int height = _random.Next(1, 97);
        var format = (HostPixelFormat)_random.Next(5);
        byte[] memory = new byte[width * height * 4];
        int needed = format switch
        {
            HostPixelFormat.I420 or HostPixelFormat.Nv12 => (width * height) + (2 * ((width + 1) / 2) * ((height + 1) / 2)),
            HostPixelFormat.Bgra32 => 4 * width * height,
            _ => 3 * width * height,
        };
        HostPicture bad = _random.Next(4) switch
        {
            0 => HostPicture.Contiguous(format, default, width, height),
            1 => HostPicture.Contiguous(format, memory.AsSpan(0, Math.Min(memory.Length, needed) - _random.Next(1, Math.Min(needed, 50) + 1)), width, height),
            2 => HostPicture.Contiguous(format, memory, _random.Next(-1, 1), height),
            _ => HostPicture.Packed(HostPixelFormat.Bgr24, memory, width, height, (3 * width) - 1),
        };
        if (Submit(bad, width, height))
            _result.Break($"{bad.Format} of {bad.Width}x{bad.Height} with {bad.Plane0.Length} bytes was taken");
        _result["refused pictures"]++;
        return false;
    }

    private bool Submit(in HostPicture picture, int width, int height)
    {
        VideoFrame frame = _pool.Rent(width, height, _random.Next(2) == 0 ? FrameLayout.I420 : FrameLayout.Nv12)!;
        if (FrameConverter.TryImport(picture, frame, out string? reason))
        {
            _enhancer.Submit(frame);
            return true;
        }

        frame.Dispose();
        if (string.IsNullOrEmpty(reason))
            _result.Break("a picture was refused without a reason");
        return false;
    }

    private bool Decode(int number)
    {
        bool isKeyFrame = _random.Next(4) == 0;
        _decoder.Next = _random.Next(6) switch
        {
            0 => DecodeOutcome.Corrupt,
            1 => DecodeOutcome.Faulted,
            2 => DecodeOutcome.Throws,
            _ => DecodeOutcome.Picture,
        };
        VideoReceiverStats before = _receiver.GetStats();
        _receiver.Submit(new EncodedVideoFrame
        {
            Codec = VideoCodec.Vp8,
            RtpTimestamp = (uint)(number * 3000),
            Data = new byte[10],
            IsKeyFrame = isKeyFrame,
            ArrivalTimestamp = _clock.GetTimestamp(),
        });
        while (_receiver.RunDecodeStep())
        {
        }

        VideoReceiverStats after = _receiver.GetStats();
        bool wasTried = isKeyFrame || !_waitsForKeyFrame;
        bool isGood = wasTried && _decoder.Next == DecodeOutcome.Picture;
        _waitsForKeyFrame = !isGood;
        long corrupt = wasTried && _decoder.Next == DecodeOutcome.Corrupt ? 1 : 0;
        long faults = wasTried && _decoder.Next is DecodeOutcome.Faulted or DecodeOutcome.Throws ? 1 : 0;
        if (after.CorruptFrames - before.CorruptFrames != corrupt || (after.DecoderFaults > before.DecoderFaults) != (faults > 0))
            _result.Break($"{_decoder.Next}: {after.CorruptFrames - before.CorruptFrames} corrupt, {after.DecoderFaults - before.DecoderFaults} decoder faults");
        if (after.FramesDropped - before.FramesDropped != (isGood ? 0 : 1))
            _result.Break($"{_decoder.Next}: {after.FramesDropped - before.FramesDropped} frames dropped");
        _result["corrupt frames"] += corrupt;
        _result["decoder faults"] += faults;
        return isGood;
    }

    /// <summary>Regular frames, a second of nothing, one more: exactly one freeze.</summary>
    private void Freeze()
    {
        for (int i = 0; i < 40; i++)
            RenderOne(FrameInterval);
        long before = _enhancer.GetStats().FreezeCount;
        RenderOne(TimeSpan.FromSeconds(1));
        long counted = _enhancer.GetStats().FreezeCount - before;
        if (counted != 1)
            _result.Break($"{counted} freezes were counted");
        _freezes++;
        _result["freezes"] = _freezes;
    }

    private void RenderOne(TimeSpan after)
    {
        _clock.Advance(after);
        if (SubmitDecoded())
            _good++;
        while (_enhancer.RunStep())
        {
        }
    }

    private void CheckEnd()
    {
        InboundVideoStats stats = _enhancer.GetStats();
        if (stats.FramesReceived != _good || stats.FramesRendered != _good)
            _result.Break($"{_good} good frames, {stats.FramesReceived} received, {stats.FramesRendered} rendered");
        if (_receiver.GetStats().PliCount == 0)
            _result.Break("no key frame was asked for");
        if (_pool.Rented != 0)
            _result.Break($"{_pool.Rented} frames were not given back");
        _result["good frames"] = _good;
    }
}
