using RtcEnhance.Video;

namespace RtcEnhance.Browser.Receiving;

/// <summary>Keeps two pictures a second for scoring: as decoded, and as shown. Thread-safe.</summary>
internal sealed class FrameSampler : IVideoFrameSink
{
    private const uint IntervalTicks = 90_000 / 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, SampledFrame> _decoded = [];
    private readonly Dictionary<uint, SampledFrame> _shown = [];
    private uint? _last;

    /// <summary>Pictures as decoded, by RTP timestamp.</summary>
    public IReadOnlyDictionary<uint, SampledFrame> Decoded => Copy(_decoded);

    /// <summary>Pictures as shown, by RTP timestamp.</summary>
    public IReadOnlyDictionary<uint, SampledFrame> Shown => Copy(_shown);

    /// <summary>A picture was decoded; the caller keeps it.</summary>
    public void OnDecoded(VideoFrame frame) => Sample(frame, _decoded, picksOut: true);

    /// <summary>A picture is shown.</summary>
    public void OnFrame(VideoFrame frame)
    {
        using (frame)
            Sample(frame, _shown, picksOut: false);
    }

    private void Sample(VideoFrame frame, Dictionary<uint, SampledFrame> samples, bool picksOut)
    {
        if (frame.RtpTimestamp is not { } timestamp)
            return;
        lock (_lock)
        {
            bool isDue = _last is not { } last || timestamp - last >= IntervalTicks;
            if (picksOut && isDue)
                _last = timestamp;
            if (picksOut ? isDue : _decoded.ContainsKey(timestamp))
                samples[timestamp] = SampledFrame.Copy(frame);
        }
    }

    private Dictionary<uint, SampledFrame> Copy(Dictionary<uint, SampledFrame> samples)
    {
        lock (_lock)
            return new Dictionary<uint, SampledFrame>(samples);
    }
}
