namespace RtcEnhance.Audio;

/// <summary>The last samples of one channel that were played. One thread at a time.</summary>
internal sealed class PlayedPast
{
    private readonly int _length;

    // The window slides through the buffer, so that a block costs its own samples and not the past's.
    private readonly float[] _samples;
    private int _end;

    internal PlayedPast(int length)
    {
        _length = length;
        _samples = new float[4 * length];
        _end = length;
    }

    /// <summary>Newest last.</summary>
    internal ReadOnlySpan<float> Samples => _samples.AsSpan(_end - _length, _length);

    /// <summary>Appends one channel of an interleaved block; what is not finite becomes silence.</summary>
    internal void Append(ReadOnlySpan<float> block, int channel, int channels)
    {
        int count = block.Length / channels;
        if (_end + count > _samples.Length)
        {
            Samples.CopyTo(_samples);
            _end = _length;
        }

        Span<float> end = _samples.AsSpan(_end, count);
        for (int i = 0, n = channel; i < count; i++, n += channels)
            end[i] = float.IsFinite(block[n]) ? block[n] : 0;
        _end += count;
    }

    /// <summary>Forgets them.</summary>
    internal void Clear()
    {
        _samples.AsSpan(0, _length).Clear();
        _end = _length;
    }
}
