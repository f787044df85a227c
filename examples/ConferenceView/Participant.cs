using System.Diagnostics;
using RtcEnhance.Video;

namespace RtcEnhance.ConferenceView;

/// <summary>One stream: its pictures, its enhancer, and what the enhancer shows. One thread feeds it.</summary>
internal sealed class Participant : IVideoFrameSink, IDisposable
{
    private const uint RtpClockHz = 90_000;

    // Decoded pictures on their way, and times of submission until the picture is shown.
    private const int MostOnTheirWay = 8;
    private const int TimesKept = 64;

    private readonly ParticipantClip _clip;
    private readonly int _offset;
    private readonly VideoFramePool _pool = new(MostOnTheirWay);
    private readonly long[] _submitted = new long[TimesKept];
    private readonly List<ShownFrame> _shown = [];
    private readonly Lock _lock = new();
    private int _next;

    public Participant(ParticipantClip clip, int offset, VideoEnhancerOptions options)
    {
        _clip = clip;
        _offset = offset;
        Enhancer = new VideoEnhancer(this, options);
    }

    public VideoEnhancer Enhancer { get; }

    public int Width => _clip.Width;

    public int Height => _clip.Height;

    /// <summary>Submits the next picture.</summary>
    public void Feed()
    {
        int index = _next++;
        VideoFrame? frame = _pool.Rent(Width, Height);
        if (frame is null)
            return;
        _clip.CopyTo(frame, _offset + index);
        frame.RtpTimestamp = (uint)index * (RtpClockHz / ConferenceCall.FramesPerSecond);
        Volatile.Write(ref _submitted[index % TimesKept], Stopwatch.GetTimestamp());
        Enhancer.Submit(frame);
    }

    public void OnFrame(VideoFrame frame)
    {
        uint index = frame.RtpTimestamp!.Value / (RtpClockHz / ConferenceCall.FramesPerSecond);
        long now = Stopwatch.GetTimestamp();
        double delayMs = Stopwatch.GetElapsedTime(Volatile.Read(ref _submitted[index % TimesKept]), now).TotalMilliseconds;
        var shown = new ShownFrame(TimeSpan.FromSeconds(index) / ConferenceCall.FramesPerSecond, frame.UpscaledBy, delayMs, now);
        frame.Dispose();
        lock (_lock)
            _shown.Add(shown);
    }

    /// <summary>The frames shown since the last call.</summary>
    public ShownFrame[] TakeShown()
    {
        lock (_lock)
        {
            ShownFrame[] shown = [.. _shown];
            _shown.Clear();
            return shown;
        }
    }

    public void Dispose() => Enhancer.Dispose();
}
