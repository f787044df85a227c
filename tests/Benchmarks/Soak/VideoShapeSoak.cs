using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>
/// Frames whose size, orientation, format and stride change every time, from 1x1 to beyond the limit: each comes out
/// twice as large, or as it was where it is too large, with its own content. One thread at a time.
/// </summary>
public sealed class VideoShapeSoak : IDisposable
{
    private const int MaxInputPixels = 1280 * 720;

    // Rows that a filter mixes at the edge between the two tones: pictures this high have clean first and last rows.
    private const int CleanHeight = 12;

    private readonly ManualTimeProvider _clock = new();
    private readonly VideoFramePool _pool = new(2);
    private readonly HostBuffer _host = new();
    private readonly SoakResult _result = new("size, orientation and stride change");
    private readonly Random _random;
    private readonly VideoEnhancer _enhancer;
    private (int Width, int Height, FrameLayout Layout, byte Top, byte Bottom, uint Rtp) _expected;

    private VideoShapeSoak(int seed)
    {
        _random = new Random(seed);
        _enhancer = new VideoEnhancer(
            new CheckingSink(CheckOutput),
            new VideoEnhancerOptions { Method = UpscaleMethod.Easu, OwnThread = false, Time = _clock, MaxInputPixels = MaxInputPixels });
    }

    /// <summary>Runs a stream.</summary>
    /// <param name="frames">Its length.</param>
    /// <param name="seed">Seed of the sizes and formats.</param>
    /// <returns>Counts and broken promises.</returns>
    public static SoakResult Run(int frames, int seed)
    {
        using var soak = new VideoShapeSoak(seed);
        for (int i = 0; i < frames; i++)
            soak.Step(i);
        soak.CheckEnd();
        return soak._result;
    }

    /// <summary>Ends the stream.</summary>
    public void Dispose() => _enhancer.Dispose();

    private void Step(int number)
    {
        _result.Steps++;
        (int width, int height) = Size(number);
        var format = (HostPixelFormat)_random.Next(5);
        byte top = (byte)_random.Next(16, 236);
        byte bottom = height >= CleanHeight ? (byte)_random.Next(16, 236) : top;
        HostPicture picture = _host.Draw(format, width, height, _random.Next(4) * _random.Next(40), _random.Next(2) == 0, top, bottom);
        FrameLayout layout = _random.Next(2) == 0 ? FrameLayout.I420 : FrameLayout.Nv12;
        VideoFrame frame = _pool.Rent(width, height, layout)!;
        if (!FrameConverter.TryImport(picture, frame, out string? reason))
        {
            _result.Break($"{format} of {width}x{height} was refused: {reason}");
            frame.Dispose();
            return;
        }

        CheckImport(frame, format, top, bottom);
        frame.RtpTimestamp = (uint)(number * 3000);
        _expected = (width, height, layout, frame.Y.Row(0)[0], frame.Y.Row(height - 1)[0], frame.RtpTimestamp.Value);
        _enhancer.Submit(frame);
        long rendered = _enhancer.GetStats().FramesRendered;
        _enhancer.RunStep();
        if (_enhancer.GetStats().FramesRendered != rendered + 1)
            _result.Break($"a frame of {width}x{height} did not come out");
        _clock.Advance(TimeSpan.FromMilliseconds(33));
    }

    private (int Width, int Height) Size(int number)
    {
        if (number % 1000 == 5)
            return _random.Next(2) == 0 ? (3840, 2160) : (2160, 3840);
        if (number % 100 == 6)
            return _random.Next(2) == 0 ? (720, 405) : (405, 720);
        return _random.Next(5) switch
        {
            0 => (1, 1),
            1 => (_random.Next(64) | 1, _random.Next(64) | 1),
            2 => _random.Next(2) == 0 ? (1, _random.Next(1, 100)) : (_random.Next(1, 100), 1),
            _ => (_random.Next(1, 161), _random.Next(1, 161)),
        };
    }

    private void CheckImport(VideoFrame frame, HostPixelFormat format, byte top, byte bottom)
    {
        bool isFlat = IsFlat(frame.Y.Row(0)) && IsFlat(frame.Y.Row(frame.Height - 1));
        bool isCopy = format is not (HostPixelFormat.I420 or HostPixelFormat.Nv12)
            || (frame.Y.Row(0)[0] == (frame.Height == 1 ? bottom : top) && frame.Y.Row(frame.Height - 1)[0] == bottom);
        if (!isFlat || !isCopy)
            _result.Break($"{format} of {frame.Width}x{frame.Height} was imported wrongly");
    }

    private void CheckOutput(VideoFrame frame)
    {
        bool isTooLarge = _expected.Width * _expected.Height > MaxInputPixels;
        int scale = isTooLarge ? 1 : 2;
        if (frame.Width != scale * _expected.Width || frame.Height != scale * _expected.Height)
            _result.Break($"{_expected.Width}x{_expected.Height} came out as {frame.Width}x{frame.Height}");
        if (frame.Layout != _expected.Layout || frame.RtpTimestamp != _expected.Rtp)
            _result.Break($"a frame came out as {frame.Layout} at {frame.RtpTimestamp}");
        if (isTooLarge && _enhancer.GetStats().LastReason != ReasonCode.InputTooLarge)
            _result.Break($"the reason is {_enhancer.GetStats().LastReason}");
        Span<byte> first = frame.Y.Row(0);
        Span<byte> last = frame.Y.Row(frame.Height - 1);
        if (!IsFlat(first) || !IsFlat(last) || first[0] != _expected.Top || last[0] != _expected.Bottom)
            _result.Break($"{_expected.Width}x{_expected.Height} {_expected.Layout}: rows of {_expected.Top} and {_expected.Bottom} came out as {first[0]} and {last[0]}");
        _result[isTooLarge ? "passed through" : "enlarged"]++;
    }

    private void CheckEnd()
    {
        InboundVideoStats stats = _enhancer.GetStats();
        if (stats.FramesReceived != _result.Steps || stats.FramesRendered != _result.Steps || stats.FramesPassedThrough != _result["passed through"])
            _result.Break($"{_result.Steps} frames: {stats}");
        if (_pool.Rented != 0)
            _result.Break($"{_pool.Rented} frames were not given back");
    }

    private static bool IsFlat(ReadOnlySpan<byte> row) => !row.ContainsAnyExcept(row[0]);
}
