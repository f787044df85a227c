namespace RtcEnhance.Audio;

/// <summary>
/// Holds blocks of 10 ms below full scale without delay: a gain that glides down over 1 ms ahead of a peak inside the
/// block, stays for 20 ms and glides back. Only a peak in a block's first millisecond finds it unprepared and is
/// clipped. What stays below full scale, when no peak was there for a while, passes bit for bit. One thread at a time.
/// </summary>
internal sealed class PeakLimiter
{
    private const int Segments = 10;

    // Longer than half a period of the lowest voice, so that the gain does not ride on its wave.
    private const int HoldSegments = 20;
    private const float ReleasePerSegment = 0.005f;
    private const float AllReleased = 0.999f;

    private readonly int _channels;
    private readonly int _frames;
    private readonly int _framesPerSegment;

    // The largest gain that each segment bears; one more, which bears any.
    private readonly float[] _bearable = new float[Segments + 1];
    private float _gain = 1;
    private int _holdLeft;

    public PeakLimiter(AudioFormat format)
    {
        _channels = format.Channels;
        _frames = format.SamplesPerBlock;
        _framesPerSegment = (_frames + Segments - 1) / Segments;
        _bearable[Segments] = 1;
    }

    /// <summary>Limits a block in place; false where it was left as it is.</summary>
    public bool Process(Span<float> block)
    {
        bool isBelow = true;
        for (int s = 0; s < Segments; s++)
        {
            float peak = 0;
            foreach (float sample in Segment(block, s))
                peak = Math.Max(peak, Math.Abs(sample));
            isBelow &= peak <= 1;
            _bearable[s] = peak > 1 ? 1 / peak : 1;
        }

        if (isBelow && _gain == 1)
            return false;
        for (int s = 0; s < Segments; s++)
        {
            float end = Glide(Math.Min(_bearable[s], _bearable[s + 1]));
            Apply(Segment(block, s), end);
        }

        return true;
    }

    private Span<float> Segment(Span<float> block, int index)
    {
        int start = Math.Min(index * _framesPerSegment, _frames);
        int end = Math.Min(start + _framesPerSegment, _frames);
        return block[(start * _channels)..(end * _channels)];
    }

    /// <summary>The gain at the end of a segment.</summary>
    private float Glide(float bearable)
    {
        if (bearable <= _gain && bearable < 1)
        {
            _holdLeft = HoldSegments;
            return bearable;
        }

        if (_holdLeft > 0)
        {
            _holdLeft--;
            return _gain;
        }

        float released = _gain + ReleasePerSegment * (1 - _gain);
        return Math.Min(bearable, released > AllReleased ? 1 : released);
    }

    private void Apply(Span<float> segment, float end)
    {
        float step = (end - _gain) * _channels / Math.Max(1, segment.Length);
        for (int i = 0; i < segment.Length; i += _channels)
        {
            _gain += step;
            for (int channel = 0; channel < _channels; channel++)
                segment[i + channel] = Math.Clamp(segment[i + channel] * _gain, -1, 1);
        }

        _gain = end;
    }
}
