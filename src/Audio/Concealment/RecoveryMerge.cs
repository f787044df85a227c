namespace RtcEnhance.Audio;

/// <summary>
/// Leads from a concealment into the first received block: the concealment's tail is slid, by up to 2.5 ms over the
/// block, to where it is in phase with the received samples, and cross-faded into them. The received samples keep
/// their place; NetEq's Merge moves them instead. One thread at a time.
/// </summary>
internal sealed class RecoveryMerge
{
    private const float LargestShiftMs = 2.5f;

    // A shift has to earn its warp of the pitch: likeness lost per largest shift, and the least likeness worth one.
    private const float ShiftPenalty = 0.5f;
    private const float LeastLikeness = 0.6f;

    private readonly CrossFade _fade;
    private readonly float[][] _tails;
    private readonly float[] _monoTail;
    private readonly float[] _monoReceived;
    private readonly float[] _warped;
    private readonly int _samples;

    internal RecoveryMerge(AudioFormat format)
    {
        _samples = format.SamplesPerBlock;
        LargestShift = (int)(format.SampleRateHz * LargestShiftMs / 1000);
        TailLength = _samples + 2 * LargestShift + 1;
        _fade = new CrossFade(_samples);
        _tails = new float[format.Channels][];
        for (int c = 0; c < _tails.Length; c++)
            _tails[c] = new float[TailLength];
        _monoTail = new float[TailLength];
        _monoReceived = new float[_samples];
        _warped = new float[format.BlockLength];
    }

    /// <summary>Furthest the tail moves, in samples.</summary>
    internal int LargestShift { get; }

    /// <summary>
    /// Samples of a tail: <see cref="LargestShift"/> already played, then what the concealment would go on with.
    /// </summary>
    internal int TailLength { get; }

    /// <summary>Begins the tail of a channel with the end of what it played; the rest is the caller's to fill.</summary>
    internal Span<float> BeginTail(int channel, ReadOnlySpan<float> played)
    {
        played[^LargestShift..].CopyTo(_tails[channel]);
        return _tails[channel].AsSpan(LargestShift);
    }

    /// <summary>Writes the block that leads from the tails of all channels into the received one, whose last samples it ends on.</summary>
    internal void Process(ReadOnlySpan<float> received, Span<float> output)
    {
        int channels = _tails.Length;
        ChannelSum.Of(_tails[0], _tails[^1], _monoTail);
        for (int i = 0; i < _samples; i++)
            _monoReceived[i] = received[i * channels] + received[i * channels + channels - 1];
        int shift = FindShift(_monoTail, _monoReceived);
        for (int c = 0; c < channels; c++)
        {
            Warp(_tails[c], shift, c, channels);
            _fade.Apply(_warped, received, output, c, channels);
        }
    }

    // The place, relative to the present, at which the tail best matches the middle of the received block; 0 where nothing
    // matches clearly better.
    private int FindShift(ReadOnlySpan<float> tail, ReadOnlySpan<float> received)
    {
        int length = _samples / 2;
        int start = _samples / 4;
        ReadOnlySpan<float> target = received.Slice(start, length);
        float targetEnergy = InnerProduct.Energy(target);

        float best = LeastLikeness;
        int bestShift = 0;
        for (int shift = -LargestShift; shift <= LargestShift; shift++)
        {
            ReadOnlySpan<float> candidate = tail.Slice(LargestShift + shift + start, length);
            float cross = InnerProduct.Sum(candidate, target);
            float product = InnerProduct.Energy(candidate) * targetEnergy;
            float likeness = product > 1e-18f ? cross / MathF.Sqrt(product) : 0;
            likeness -= ShiftPenalty * Math.Abs(shift) / LargestShift;
            if (likeness > best)
                (best, bestShift) = (likeness, shift);
        }
        return bestShift;
    }

    private void Warp(ReadOnlySpan<float> tail, int shift, int channel, int channels)
    {
        for (int i = 0; i < _samples; i++)
        {
            float position = LargestShift + i + shift * ((float)i / _samples);
            int whole = (int)position;
            float fraction = position - whole;
            _warped[i * channels + channel] = tail[whole] + fraction * (tail[whole + 1] - tail[whole]);
        }
    }
}
