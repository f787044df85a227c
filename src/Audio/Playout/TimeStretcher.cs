namespace RtcEnhance.Audio;

/// <summary>
/// Makes decoded samples last shorter or longer without changing their pitch: leaves out or repeats whole pitch periods
/// where the signal is like itself one period later, or a part of a pause, and cross-fades over the splice (WSOLA). Edits
/// in place. What is decided depends on samples rounded to 16 bits and on integers only, so that it is the same on every
/// machine. One thread at a time.
/// </summary>
internal sealed class TimeStretcher
{
    // Likenesses and how much of them is given up for a longer lag, of SplicePoint.Equal.
    private const int NormalLikeness = 29491;
    private const int NormalTolerance = 983;
    private const int FastLikeness = 16384;
    private const int FastTolerance = 4915;

    private readonly int _channels;
    private readonly SpliceSearch _search;
    private readonly QuietDetector _quiet;
    private readonly int[] _signal;
    private readonly float[] _means;

    public TimeStretcher(AudioFormat format)
    {
        _channels = format.Channels;
        _search = new SpliceSearch(format);
        _quiet = new QuietDetector(LargestLag / 3 * _channels);
        _signal = new int[2 * LargestLag * _channels];
        _means = new float[_channels];
    }

    /// <summary>Frames that one splice leaves out or puts in at most: 15 ms.</summary>
    public int LargestLag => _search.LargestLag;

    /// <summary>Forgets the level of pauses.</summary>
    public void Reset() => _quiet.Reset();

    /// <summary>
    /// Leaves out frames at the head. The stream then starts at the frame of that number, which continues what is before
    /// <paramref name="pending"/>.
    /// </summary>
    /// <param name="pending">Interleaved; 30 ms for all lags, less than 5 ms for none.</param>
    /// <param name="maxFrames">At most so many are left out.</param>
    /// <param name="fast">Also where the splice is heard a little, and of a pause as much as there is.</param>
    /// <param name="stretched">Frames at the new head that are mixed from two places.</param>
    /// <returns>Frames left out; 0 where nothing is suitable.</returns>
    public int Accelerate(Span<float> pending, int maxFrames, bool fast, out int stretched)
    {
        stretched = 0;
        int removed = 0;
        bool again = true;
        while (again)
        {
            Span<float> rest = pending[(removed * _channels)..];
            ReadOnlySpan<int> signal = Analyze(rest[..Math.Min(rest.Length, 2 * LargestLag * _channels)]);
            if (removed == 0)
                _quiet.Observe(signal);
            int quiet = _quiet.QuietStart(signal) / (2 * _channels);
            SplicePoint splice = Choose(0, quiet, maxFrames - removed, fast);
            int lag = splice.Lag;
            if (lag > 0)
                Fade(rest[..(lag * _channels)], rest.Slice(lag * _channels, lag * _channels), splice.Likeness);
            removed += lag;
            stretched = Math.Max(lag, stretched - lag);
            again = fast && lag > 0 && lag <= quiet;
        }

        return removed;
    }

    /// <summary>
    /// Puts frames in before <paramref name="head"/>, over history that is spent. The stream then starts so many frames
    /// earlier, and all of them are mixed from two places.
    /// </summary>
    /// <param name="samples">Interleaved: what was played, then what is pending.</param>
    /// <param name="head">The first pending frame, at least <see cref="LargestLag"/>.</param>
    /// <returns>Frames put in, at most as many as are pending; 0 where nothing is suitable.</returns>
    public int PreemptiveExpand(Span<float> samples, int head)
    {
        samples = samples[((head - LargestLag) * _channels)..];
        samples = samples[..Math.Min(samples.Length, 2 * LargestLag * _channels)];
        int start = LargestLag * _channels;
        ReadOnlySpan<int> signal = Analyze(samples);
        _quiet.Observe(signal);
        int quiet = Math.Min(_quiet.QuietEnd(signal[..start]), _quiet.QuietStart(signal[start..])) / _channels;
        SplicePoint splice = Choose(LargestLag, quiet, LargestLag, fast: false);
        int length = splice.Lag * _channels;
        if (length > 0)
            Fade(samples.Slice(start, length), samples.Slice(start - length, length), splice.Likeness);
        return splice.Lag;
    }

    private ReadOnlySpan<int> Analyze(ReadOnlySpan<float> samples)
    {
        Span<int> signal = _signal.AsSpan(0, samples.Length);
        IntegerSignal.Quantize(samples, signal);
        for (int channel = 0; channel < _channels; channel++)
            _means[channel] = IntegerSignal.RemoveMean(signal, channel, _channels) / 32768f;
        _search.Load(signal);
        return signal;
    }

    /// <summary>In a pause any lag does, so a long one; in voice one that is like itself.</summary>
    private SplicePoint Choose(int head, int quietFrames, int maxFrames, bool fast)
    {
        int longestQuiet = Math.Min(quietFrames, maxFrames);
        SplicePoint splice = _search.Find(head, longestQuiet * 2 / 3, longestQuiet, tolerance: 0);
        if (splice.Lag > 0)
            return splice;
        splice = _search.Find(head, 0, maxFrames, fast ? FastTolerance : NormalTolerance);
        return splice.Likeness >= (fast ? FastLikeness : NormalLikeness) ? splice : default;
    }

    private void Fade(ReadOnlySpan<float> from, Span<float> to, int likeness) =>
        SpliceFade.Apply(from, to, to, Math.Clamp(likeness, 0, SplicePoint.Equal) / (float)SplicePoint.Equal, _means);
}
