namespace RtcEnhance.Audio;

/// <summary>Rate and channel count of interleaved float samples in [-1, 1]. Thread-safe.</summary>
public readonly record struct AudioFormat
{
    /// <summary>A format.</summary>
    /// <param name="sampleRateHz">8000 to 48000 Hz, a multiple of 100.</param>
    /// <param name="channels">1 or 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public AudioFormat(int sampleRateHz, int channels = 1)
    {
        if (sampleRateHz is < 8000 or > 48000 || sampleRateHz % 100 != 0)
            throw new ArgumentOutOfRangeException(nameof(sampleRateHz), sampleRateHz, "A sample rate is 8000 to 48000 Hz and a multiple of 100.");
        if (channels is < 1 or > 2)
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "A stream has 1 or 2 channels.");
        SampleRateHz = sampleRateHz;
        Channels = channels;
    }

    /// <summary>Samples per second and channel.</summary>
    public int SampleRateHz { get; }

    /// <summary>1 or 2.</summary>
    public int Channels { get; }

    /// <summary>Samples per channel in 10 ms.</summary>
    public int SamplesPerBlock => SampleRateHz / 100;

    /// <summary>Length of an interleaved 10 ms block.</summary>
    public int BlockLength => SamplesPerBlock * Channels;

    /// <summary>Throws unless a span is one interleaved 10 ms block long.</summary>
    internal void CheckBlock(ReadOnlySpan<float> span, string name)
    {
        if (span.Length != BlockLength)
            throw new ArgumentException($"A block of this stream has {BlockLength} samples, not {span.Length}.", name);
    }
}
