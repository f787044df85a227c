namespace RtcEnhance.Audio.Tests.Playout;

/// <summary>The decisions of <see cref="TimeStretcher"/>, restated slowly in loops over integers.</summary>
internal sealed class StretchReference(AudioFormat format)
{
    private readonly int _channels = format.Channels;
    private readonly int _factor = format.SampleRateHz / 8000;
    private long _floor = 1074;

    private int Coarse15Ms => format.SampleRateHz / _factor * 15 / 1000;

    private int LargestLag => Coarse15Ms * _factor;

    public int Accelerate(float[] pending, int maxFrames, bool fast)
    {
        int frames = Math.Min(pending.Length / _channels, 2 * LargestLag);
        int[] signal = Integers(pending.AsSpan(0, frames * _channels));
        Observe(signal);
        int quiet = 0;
        int block = LargestLag / 3;
        while ((quiet + 1) * block <= frames && IsQuiet(signal, quiet * block))
            quiet++;
        return Choose(signal, 0, quiet * block / 2, maxFrames, fast);
    }

    public int PreemptiveExpand(float[] samples, int head)
    {
        int pending = Math.Min(samples.Length / _channels - head, LargestLag);
        int[] signal = Integers(samples.AsSpan((head - LargestLag) * _channels, (LargestLag + pending) * _channels));
        Observe(signal);
        int before = 0, after = 0;
        int block = LargestLag / 3;
        while (before < 3 && IsQuiet(signal, LargestLag - (before + 1) * block))
            before++;
        while ((after + 1) * block <= pending && IsQuiet(signal, LargestLag + after * block))
            after++;
        return Choose(signal, LargestLag, Math.Min(before, after) * block, LargestLag, false);
    }

    private int[] Integers(ReadOnlySpan<float> samples)
    {
        var signal = new int[samples.Length];
        for (int i = 0; i < signal.Length; i++)
            signal[i] = float.IsNaN(samples[i]) ? 0 : (int)Math.Clamp(Math.Round(samples[i] * 32768.0), -32768, 32767);
        for (int c = 0; c < _channels; c++)
        {
            long sum = 0;
            for (int i = c; i < signal.Length; i += _channels)
                sum += signal[i];
            int mean = signal.Length == 0 ? 0 : (int)(sum / (signal.Length / _channels));
            for (int i = c; i < signal.Length; i += _channels)
                signal[i] -= mean;
        }

        return signal;
    }

    private void Observe(int[] signal)
    {
        _floor = Math.Min(10_737, _floor + 1 + _floor / 128);
        int block = LargestLag / 3;
        for (int start = 0; (start + block) * _channels <= signal.Length; start += block)
            _floor = Math.Min(_floor, Math.Max(64, MeanSquare(signal, start)));
    }

    private bool IsQuiet(int[] signal, int start) => MeanSquare(signal, start) <= 16 * _floor;

    private long MeanSquare(int[] signal, int start)
    {
        int block = LargestLag / 3 * _channels;
        long sum = 0;
        for (int i = 0; i < block; i++)
            sum += (long)signal[start * _channels + i] * signal[start * _channels + i];
        return sum / block;
    }

    private int Choose(int[] signal, int head, int quiet, int maxFrames, bool fast)
    {
        int longestQuiet = Math.Min(quiet, maxFrames);
        int lag = Find(signal, head, longestQuiet * 2 / 3, longestQuiet, 0).Lag;
        if (lag > 0)
            return lag;
        (lag, long likeness) = Find(signal, head, 0, maxFrames, fast ? 4915 : 983);
        return likeness >= (fast ? 16384 : 29491) ? lag : 0;
    }

    private (int Lag, long Likeness) Find(int[] signal, int head, int shortest, int longest, int tolerance)
    {
        int frames = signal.Length / _channels;
        longest = Math.Min(Math.Min(longest, LargestLag), head == 0 ? frames / 2 : frames - head);
        var summed = new int[frames / _factor * _channels];
        for (int i = 0; i < summed.Length; i++)
        {
            for (int n = 0; n < _factor; n++)
                summed[i] += signal[(i / _channels * _factor + n) * _channels + i % _channels];
        }

        int[] fine = Scaled(signal), coarse = Scaled(summed);
        int coarse8Ms = format.SampleRateHz / _factor * 8 / 1000;
        int smallest = (int)Math.Ceiling(format.SampleRateHz / _factor * 2.5 / 1000);
        int first = Math.Max(smallest, (shortest + _factor - 1) / _factor);
        var likenesses = new Dictionary<int, long>();
        for (int lag = first; lag * _factor <= longest; lag++)
        {
            int window = head == 0 ? Math.Max(lag, Math.Min(coarse8Ms, summed.Length / _channels - lag)) : Math.Max(lag, coarse8Ms);
            likenesses[lag] = Likeness(coarse, head == 0 ? 0 : head / _factor - window, window, lag);
        }

        if (likenesses.Count == 0)
            return (0, 0);
        int chosen = likenesses.Where(pair => pair.Value >= likenesses.Values.Max() - tolerance).Max(pair => pair.Key);
        while (likenesses.TryGetValue(chosen - 1, out long shorter) && shorter > likenesses[chosen])
            chosen--;

        int firstFine = Math.Max(first * _factor, chosen * _factor - _factor + 1);
        int lastFine = Math.Min(longest, chosen * _factor + _factor - 1);
        int around = chosen * _factor;
        int fineWindow = head == 0 ? Math.Max(around, Math.Min(coarse8Ms * _factor, frames - lastFine)) : Math.Max(around, coarse8Ms * _factor);
        return Enumerable.Range(firstFine, lastFine - firstFine + 1)
            .Select(lag => (lag, Likeness(fine, head == 0 ? 0 : head - fineWindow, fineWindow, lag)))
            .Aggregate((best, next) => next.Item2 >= best.Item2 ? next : best);
    }

    private static int[] Scaled(int[] signal)
    {
        int shift = 0;
        while (signal.Any(sample => Math.Abs(sample) >> shift > 1023))
            shift++;
        return [.. signal.Select(sample => sample >> shift)];
    }

    private long Likeness(int[] signal, int start, int window, int lag)
    {
        long product = 0, energies = 0;
        for (int i = start * _channels; i < (start + window) * _channels; i++)
        {
            long here = signal[i], later = signal[i + lag * _channels];
            product += here * later;
            energies += here * here + later * later;
        }

        return energies == 0 ? 0 : 2 * product * 32768 / energies;
    }
}
