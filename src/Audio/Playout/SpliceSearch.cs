namespace RtcEnhance.Audio;

/// <summary>
/// Finds the lag of 2.5 to 15 ms at which a signal is most like itself: all lags at about 8 kHz, then every lag near the
/// chosen one at the full rate. All channels count alike. Integers only, so that the answer is the same everywhere. One
/// thread at a time.
/// </summary>
internal sealed class SpliceSearch
{
    private const int CoarseHz = 8000;

    private readonly int _channels;
    private readonly int _factor;
    private readonly int _shortestWindow;
    private readonly int[] _fine;
    private readonly int[] _coarse;
    private readonly long[] _energies;
    private readonly int[] _likeness;
    private int _fineFrames;
    private int _coarseFrames;

    public SpliceSearch(AudioFormat format)
    {
        _channels = format.Channels;
        _factor = format.SampleRateHz / CoarseHz;
        int coarseHz = format.SampleRateHz / _factor;
        LargestLag = 15 * coarseHz / 1000 * _factor;
        SmallestLag = (5 * coarseHz + 1999) / 2000 * _factor;
        // Over less than this, a formant passes for a pitch period.
        _shortestWindow = 8 * coarseHz / 1000 * _factor;

        int longest = 2 * LargestLag;
        _fine = new int[longest * _channels];
        _coarse = new int[longest / _factor * _channels];
        _energies = new long[longest / _factor + 1];
        _likeness = new int[LargestLag / _factor + 1];
    }

    /// <summary>Frames, 2.5 ms.</summary>
    public int SmallestLag { get; }

    /// <summary>Frames, 15 ms.</summary>
    public int LargestLag { get; }

    /// <summary>Takes the signal that is searched next.</summary>
    /// <param name="signal">Interleaved 16-bit values without their mean, at most twice <see cref="LargestLag"/>.</param>
    public void Load(ReadOnlySpan<int> signal)
    {
        _fineFrames = signal.Length / _channels;
        _coarseFrames = _fineFrames / _factor;
        IntegerSignal.Scale(signal, _fine);
        if (_factor == 1)
        {
            _fine.AsSpan(0, signal.Length).CopyTo(_coarse);
        }
        else
        {
            int step = _factor * _channels;
            for (int i = 0; i < _coarseFrames * _channels; i++)
            {
                int start = i / _channels * step + i % _channels;
                int sum = 0;
                for (int n = start; n < start + step; n += _channels)
                    sum += signal[n];
                _coarse[i] = sum;
            }

            Span<int> coarse = _coarse.AsSpan(0, _coarseFrames * _channels);
            IntegerSignal.Scale(coarse, coarse);
        }

        for (int frame = 0; frame < _coarseFrames; frame++)
        {
            ReadOnlySpan<int> samples = _coarse.AsSpan(frame * _channels, _channels);
            _energies[frame + 1] = _energies[frame] + IntegerSignal.Dot(samples, samples);
        }
    }

    /// <summary>
    /// Finds where to leave a part of the signal out at its start (<paramref name="head"/> 0: what is there and what is
    /// there one lag later are alike) or where to put one in (what is before <paramref name="head"/> and one lag later).
    /// Of lags that are nearly as good as the best one, the longest: fewer splices.
    /// </summary>
    /// <param name="head">0, or <see cref="LargestLag"/>.</param>
    /// <param name="shortest">Frames.</param>
    /// <param name="longest">Frames; less where the signal is too short.</param>
    /// <param name="tolerance">How much less than the best likeness is nearly as good.</param>
    public SplicePoint Find(int head, int shortest, int longest, int tolerance)
    {
        int first = (Math.Max(shortest, SmallestLag) + _factor - 1) / _factor;
        longest = Math.Min(Math.Min(longest, LargestLag), head == 0 ? _fineFrames / 2 : _fineFrames - head);
        int last = longest / _factor;
        if (last < first)
            return default;

        int best = int.MinValue;
        for (int lag = first; lag <= last; lag++)
        {
            _likeness[lag] = CoarseLikeness(head / _factor, lag);
            best = Math.Max(best, _likeness[lag]);
        }

        int chosen = last;
        while (_likeness[chosen] < best - tolerance)
            chosen--;
        while (chosen > first && _likeness[chosen - 1] > _likeness[chosen])
            chosen--;
        return Refine(head, chosen * _factor, Math.Max(first * _factor, (chosen - 1) * _factor + 1), Math.Min(longest, (chosen + 1) * _factor - 1));
    }

    /// <summary>
    /// Frames that are compared: what is faded, but some milliseconds at least where they are there. Before a head there
    /// are always enough.
    /// </summary>
    private static int Window(int lag, int head, int frames, int shortest) =>
        head == 0 ? Math.Max(lag, Math.Min(shortest, frames - lag)) : Math.Max(lag, shortest);

    private int CoarseLikeness(int head, int lag)
    {
        int window = Window(lag, head, _coarseFrames, _shortestWindow / _factor);
        int start = head == 0 ? 0 : head - window;
        int product = IntegerSignal.Dot(
            _coarse.AsSpan(start * _channels, window * _channels),
            _coarse.AsSpan((start + lag) * _channels, window * _channels));
        return Likeness(product, _energies[start + window] - _energies[start] + _energies[start + lag + window] - _energies[start + lag]);
    }

    /// <summary>Compares one window at every lag, so that one sum of its energy does.</summary>
    private SplicePoint Refine(int head, int around, int first, int last)
    {
        int window = Window(around, head, _fineFrames - (last - around), _shortestWindow);
        int start = head == 0 ? 0 : head - window;
        ReadOnlySpan<int> segment = _fine.AsSpan(start * _channels, window * _channels);
        long energy = IntegerSignal.Dot(segment, segment);
        var best = new SplicePoint(0, int.MinValue);
        for (int lag = first; lag <= last; lag++)
        {
            ReadOnlySpan<int> later = _fine.AsSpan((start + lag) * _channels, window * _channels);
            int likeness = Likeness(IntegerSignal.Dot(segment, later), energy + IntegerSignal.Dot(later, later));
            if (likeness >= best.Likeness)
                best = new SplicePoint(lag, likeness);
        }

        return best;
    }

    private static int Likeness(long product, long energies) =>
        energies == 0 ? 0 : (int)(2 * product * SplicePoint.Equal / energies);
}
