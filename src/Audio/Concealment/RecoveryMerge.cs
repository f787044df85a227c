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
    private readonly float[] _warped;
    private readonly int _samples;

    internal RecoveryMerge(AudioFormat format)
    {
        _samples = format.SamplesPerBlock;
        LargestShift = (int)(format.SampleRateHz * LargestShiftMs / 1000);
        _fade = new CrossFade(_samples);
        _warped = new float[format.BlockLength];
    }

    /// <summary>Furthest the tail moves, in samples.</summary>
    internal int LargestShift { get; }

    /// <summary>
    /// Samples of a tail: <see cref="LargestShift"/> already played, then what the concealment would go on with.
    /// </summary>
    internal int TailLength => _samples + 2 * LargestShift + 1;

    /// <summary>
    /// Returns the place, relative to the present, at which one channel (or the sum) of the tail best matches the
    /// middle of the received block; 0 where nothing matches clearly better.
    /// </summary>
    internal int FindShift(ReadOnlySpan<float> tail, ReadOnlySpan<float> received)
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

    /// <summary>Writes one channel of the interleaved <paramref name="output"/>; its end is the received block's.</summary>
    internal void Process(ReadOnlySpan<float> tail, int shift, ReadOnlySpan<float> received, Span<float> output, int channel, int channels)
    {
        for (int i = 0; i < _samples; i++)
        {
            float position = LargestShift + i + shift * ((float)i / _samples);
            int whole = (int)position;
            float fraction = position - whole;
            _warped[i * channels + channel] = tail[whole] + fraction * (tail[whole + 1] - tail[whole]);
        }
        _fade.Apply(_warped, received, output, channel, channels);
    }
}
