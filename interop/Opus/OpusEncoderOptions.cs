namespace RtcEnhance.Opus;

/// <summary>How an <see cref="OpusEncoder"/> encodes. Thread-safe.</summary>
public sealed class OpusEncoderOptions
{
    /// <summary>Rate of the samples given to the encoder.</summary>
    /// <value>8000, 12000, 16000, 24000 or 48000 Hz; default 48000.</value>
    public int SampleRateHz { get; init; } = 48000;

    /// <summary>Channels of the samples given to the encoder.</summary>
    /// <value>1 or 2; default 1.</value>
    public int Channels { get; init; } = 1;

    /// <summary>What the encoder is to favour.</summary>
    /// <value>Default <see cref="OpusApplication.Voip"/>.</value>
    public OpusApplication Application { get; init; } = OpusApplication.Voip;

    /// <summary>Target bit-rate.</summary>
    /// <value>6000 to 510000 bit/s; default 32000.</value>
    public int BitrateBps { get; init; } = 32000;

    /// <summary>Whether packets may carry redundancy of the packet before them (in-band FEC).</summary>
    /// <value>Default false. It takes effect where <see cref="ExpectedLossPercent"/> is above 0 and the mode is not CELT.</value>
    public bool InBandFec { get; init; }

    /// <summary>Loss that the encoder is to expect; it decides how much goes into redundancy.</summary>
    /// <value>0 to 100; default 0.</value>
    public int ExpectedLossPercent { get; init; }

    /// <summary>Whether silence is sent as packets of one or two bytes, which need not be sent at all.</summary>
    /// <value>Default false.</value>
    public bool Dtx { get; init; }

    /// <summary>Effort of the search for the best coding.</summary>
    /// <value>0 to 10; default 9.</value>
    public int Complexity { get; init; } = 9;

    internal void Validate()
    {
        OpusRate.ThrowIfNotSupported(SampleRateHz);
        ThrowIfOutside(Channels, 1, 2, nameof(Channels));
        ThrowIfOutside(BitrateBps, 6000, 510000, nameof(BitrateBps));
        ThrowIfOutside(ExpectedLossPercent, 0, 100, nameof(ExpectedLossPercent));
        ThrowIfOutside(Complexity, 0, 10, nameof(Complexity));
        if (Application is not (OpusApplication.Voip or OpusApplication.Audio))
            throw new ArgumentOutOfRangeException(nameof(Application), Application, "The application is Voip or Audio.");
    }

    private static void ThrowIfOutside(int value, int min, int max, string name)
    {
        if (value < min || value > max)
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {min} to {max}.");
    }
}
