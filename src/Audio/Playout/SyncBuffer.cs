namespace RtcEnhance.Audio;

/// <summary>
/// Decoded samples, interleaved: those that wait, and before them those that were played last, because stretching
/// repeats them. One thread at a time.
/// </summary>
internal sealed class SyncBuffer
{
    private readonly float[] _samples;
    private int _channels = 1;
    private int _historyLength;
    private int _head;
    private int _end;
    private int _stretched;

    /// <param name="capacity">Samples, of all channels, that may wait at most, with their history.</param>
    public SyncBuffer(int capacity) => _samples = new float[capacity];

    /// <summary>Frames waiting.</summary>
    public int Frames => (_end - _head) / _channels;

    /// <summary>Frames before the waiting ones that were played as they were received, up to the length asked for.</summary>
    public int HistoryFrames { get; private set; }

    /// <summary>The waiting samples.</summary>
    public Span<float> Pending => _samples.AsSpan(_head, _end - _head);

    /// <summary>History and waiting samples; the latter start at frame <see cref="HistoryFrames"/>.</summary>
    public Span<float> HistoryAndPending => _samples.AsSpan(_head - (HistoryFrames * _channels), _end - _head + (HistoryFrames * _channels));

    /// <summary>Drops everything, for a stream of so many channels and so many frames of history.</summary>
    public void Clear(int channels, int historyFrames)
    {
        _channels = channels;
        _historyLength = historyFrames * channels;
        _head = _end = 0;
        HistoryFrames = 0;
        _stretched = 0;
    }

    public void Append(ReadOnlySpan<float> samples)
    {
        if (_end + samples.Length > _samples.Length)
        {
            int keep = Math.Min(_head, _historyLength);
            _samples.AsSpan(_head - keep, _end - _head + keep).CopyTo(_samples);
            _end -= _head - keep;
            _head = keep;
        }

        samples.CopyTo(_samples.AsSpan(_end));
        _end += samples.Length;
    }

    /// <summary>Takes the oldest samples, as many as fit; there must be as many. Returns how many frames of them were stretched.</summary>
    public int Take(Span<float> destination)
    {
        _samples.AsSpan(_head, destination.Length).CopyTo(destination);
        _head += destination.Length;
        int frames = destination.Length / _channels;
        int stretched = Math.Min(frames, _stretched);
        _stretched -= stretched;
        HistoryFrames = Math.Min(HistoryFrames + frames, _historyLength / _channels);
        return stretched;
    }

    /// <summary>What was played last is not what was received: it is no history to stretch with.</summary>
    public void ForgetHistory() => HistoryFrames = 0;

    /// <summary>Takes note that the waiting samples lost so many frames at their head and start with stretched ones.</summary>
    public void OnShortened(int removed, int stretched)
    {
        _head += removed * _channels;
        OnStretched(stretched);
    }

    /// <summary>Takes note that so many frames of the history were turned into stretched ones that wait.</summary>
    public void OnLengthened(int inserted)
    {
        _head -= inserted * _channels;
        OnStretched(inserted);
    }

    private void OnStretched(int frames)
    {
        _stretched = Math.Max(_stretched, frames);
        HistoryFrames = 0;
    }
}
