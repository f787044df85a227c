namespace RtcEnhance.Audio.Tests.Playout;

/// <summary>Signals, measurements and a small receiver that the tests of time stretching share.</summary>
internal static class StretchSignals
{
    internal static TheoryData<int, int> Formats => new()
    {
        { 8000, 1 }, { 8000, 2 }, { 8100, 1 }, { 11000, 1 }, { 16000, 1 }, { 24000, 2 }, { 32000, 1 }, { 44100, 1 }, { 48000, 1 }, { 48000, 2 },
    };

    /// <summary>Harmonics of a pitch that glides from one frequency to the other, the same in every channel.</summary>
    internal static float[] Glide(AudioFormat format, int blocks, double fromHz, double toHz)
    {
        var samples = new float[format.BlockLength * blocks];
        int frames = samples.Length / format.Channels;
        double phase = 0;
        for (int i = 0; i < frames; i++)
        {
            double hz = fromHz + (toHz - fromHz) * i / frames;
            phase += 2 * Math.PI * hz / format.SampleRateHz;
            double sum = 0;
            for (int k = 1; k <= 8; k++)
                sum += Math.Cos(k * phase + k * k) / k;
            for (int c = 0; c < format.Channels; c++)
                samples[i * format.Channels + c] = 0.1f * (float)sum;
        }

        return samples;
    }

    internal static float[] Tone(AudioFormat format, int blocks, double hz, float level = 0.25f)
    {
        var samples = new float[format.BlockLength * blocks];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = level * (float)Math.Sin(2 * Math.PI * hz * (i / format.Channels) / format.SampleRateHz);
        return samples;
    }

    /// <summary>Plays a signal from a buffer of 60 ms, stretching whenever the wanted part of the time is not reached.</summary>
    /// <param name="stretcher">Of the format.</param>
    /// <param name="format">Of the signal.</param>
    /// <param name="input">Interleaved.</param>
    /// <param name="part">Of its duration: negative is left out, positive put in.</param>
    internal static StretchedPlay Play(TimeStretcher stretcher, AudioFormat format, ReadOnlySpan<float> input, double part)
    {
        int channels = format.Channels, block = format.BlockLength, history = stretcher.LargestLag * channels;
        var output = new List<float>();
        var splices = new List<(int OutputFrame, int Frames)>();
        float[] samples = [.. new float[history], .. input];
        int head = history;
        double owed = 0;
        while (head + 6 * block <= samples.Length)
        {
            owed += format.SamplesPerBlock * Math.Abs(part);
            int change = 0;
            if (owed > 0 && part < 0)
            {
                change = -stretcher.Accelerate(samples.AsSpan(head, 6 * block), stretcher.LargestLag, fast: false, out _);
            }
            else if (owed > 0)
            {
                output.CopyTo(Math.Max(0, output.Count - history), samples, head - Math.Min(history, output.Count), Math.Min(history, output.Count));
                change = stretcher.PreemptiveExpand(samples.AsSpan(head - history, history + 6 * block), stretcher.LargestLag);
            }

            if (change != 0)
                splices.Add((output.Count / channels, change));
            owed -= Math.Abs(change);
            head -= change * channels;
            output.AddRange(samples.AsSpan(head, block));
            head += block;
        }

        return new StretchedPlay([.. output], [.. splices], (head - history) / channels);
    }

    /// <summary>Period in frames around a place of the first channel, by the autocorrelation's peak between two samples.</summary>
    internal static double Period(ReadOnlySpan<float> samples, AudioFormat format, int frame, double around)
    {
        int length = format.SampleRateHz / 40;
        int first = (int)(around * 0.8), last = (int)(around * 1.25) + 1;
        var correlation = new double[last + 2];
        int best = first;
        for (int lag = first - 1; lag <= last + 1; lag++)
        {
            double product = 0, energy = 1e-12;
            for (int i = frame; i < frame + length; i++)
            {
                double later = samples[(i + lag) * format.Channels];
                product += samples[i * format.Channels] * later;
                energy += later * later;
            }

            correlation[lag] = product / Math.Sqrt(energy);
            if (lag >= first && lag <= last && correlation[lag] > correlation[best])
                best = lag;
        }

        double before = correlation[best - 1], after = correlation[best + 1];
        return best + 0.5 * (before - after) / (before - 2 * correlation[best] + after);
    }
}
