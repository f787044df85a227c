namespace RtcEnhance.Audio;

/// <summary>
/// One channel at 48 kHz, delayed by a chosen number of samples beyond the resampler's own, and the undelayed samples
/// for whoever derives an upper band from them in that time. One thread at a time.
/// </summary>
internal sealed class DelayedUpsampler
{
    /// <summary>Rate of the output, Hz.</summary>
    public const int OutputRateHz = 48000;

    /// <summary>Output samples per block.</summary>
    public const int BlockSamples = OutputRateHz / 100;

    private readonly Resampler _resampler;
    private readonly int _extraDelay;
    // [extra delay | block in hand]
    private readonly float[] _line;

    public DelayedUpsampler(int inputRateHz, int extraDelay)
    {
        _resampler = new Resampler(inputRateHz, OutputRateHz);
        _extraDelay = extraDelay;
        _line = new float[extraDelay + BlockSamples];
    }

    /// <summary>Input samples per block.</summary>
    public int InputSamples => _resampler.Input.SamplesPerBlock;

    /// <summary>Output samples from an input sample to its image.</summary>
    public int DelaySamples => _resampler.DelaySamples + _extraDelay;

    /// <summary>The delayed block.</summary>
    public ReadOnlySpan<float> Delayed => _line.AsSpan(0, BlockSamples);

    /// <summary>Everything held: the last samples of the block before, as many as the extra delay, then the block, undelayed.</summary>
    public ReadOnlySpan<float> Line => _line;

    /// <summary>Takes in the next 10 ms.</summary>
    public void Push(ReadOnlySpan<float> input)
    {
        _line.AsSpan(BlockSamples, _extraDelay).CopyTo(_line);
        _resampler.Process(input, _line.AsSpan(_extraDelay, BlockSamples));
    }

    /// <summary>Forgets the samples seen.</summary>
    public void Reset()
    {
        _resampler.Reset();
        Array.Clear(_line);
    }
}
