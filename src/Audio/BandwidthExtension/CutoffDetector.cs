namespace RtcEnhance.Audio;

/// <summary>
/// Finds where a stream's content really ends: a telephone call in a wide-band codec, a wide-band codec in a full-band
/// one, or a codec's own low-pass. A band counts as missing once one and a half seconds of sound have shown nothing in it,
/// and as present at its first trace. One thread at a time.
/// </summary>
internal sealed class CutoffDetector
{
    /// <summary>What a stream that nothing is missing in is said to end at, Hz.</summary>
    public const int FullBandHz = 24000;

    // Ratios are in bels; frames are 5 ms of sound. The contrast needed to return keeps the two states apart.
    private const float MissingRatio = -3.0f;
    private const float PresentRatio = -2.4f;
    private const float DecayPerFrame = 0.01f;
    // A stream that showed its upper bands in the last three quarters of a second of sound may be looked at less often.
    private const float SettledRatio = -1.5f;
    // A codec's low-pass at 6 kHz is a wall; the partials of a note just below it end there too. At 48 kHz, where music is at
    // home, contrast counts less for that.
    private const float MusicContrast = 2f / 3;
    // About -70 dB full scale in one bin's power: only sound well above any noise floor is evidence of absence.
    private const float ActiveLevel = -6.5f;

    private readonly int _inputRateHz;
    private readonly float[] _peakRatio = new float[5];
    private readonly bool[] _isMissing = new bool[5];
    private float _decay = DecayPerFrame;

    /// <summary>A detector for one stream.</summary>
    /// <param name="inputRateHz">8000, 16000 or 48000.</param>
    public CutoffDetector(int inputRateHz) => _inputRateHz = inputRateHz;

    /// <summary>What a new stream's content is taken to end at, Hz.</summary>
    public int Widest => _inputRateHz == 48000 ? FullBandHz : _inputRateHz / 2;

    /// <summary>Whether nothing is missing and the bands that could be were heard lately.</summary>
    public bool IsSettled => _inputRateHz == 48000 && IsPresent(1) && IsPresent(3) && IsPresent(4);

    /// <summary>Updates the estimate with the newest spectrum.</summary>
    /// <param name="spectrum">The spectrum.</param>
    /// <param name="frames">Frames of 5 ms since the last update.</param>
    /// <returns>3400, 4000, 6000, 7000 or 8000 Hz, or <see cref="FullBandHz"/>; none above half the input rate.</returns>
    public int Update(BandAnalyzer spectrum, int frames = 1)
    {
        _decay = frames * DecayPerFrame;
        var telephone = spectrum.Level(2400, 3200);
        var telephoneEdge = IsMissing(0, telephone, spectrum.Level(3650, 3900));
        if (_inputRateHz == 8000)
            return telephoneEdge ? 3400 : 4000;

        var medium = spectrum.Level(4300, 5700);
        var wide = spectrum.Level(6000, 6800);
        var aboveMedium = MathF.Max(spectrum.Level(6300, 7000), spectrum.Level(7000, 7900));
        var anyWide = MathF.Max(spectrum.Level(4300, 5200), wide);
        var wideEdge = IsMissing(2, wide, spectrum.Level(7250, 7750));
        var isFull = false;
        if (_inputRateHz == 48000)
        {
            var full = MathF.Max(spectrum.Level(8500, 10000), spectrum.Level(10000, 12000));
            anyWide = MathF.Max(anyWide, full);
            aboveMedium = medium + MusicContrast * (MathF.Max(aboveMedium, full) - medium);
            isFull = !IsMissing(3, wide, full);
        }

        var mediumEdge = IsMissing(4, medium, aboveMedium);
        if (IsMissing(1, telephone, anyWide))
            return telephoneEdge ? 3400 : 4000;
        if (mediumEdge)
            return 6000;
        return isFull ? FullBandHz : wideEdge ? 7000 : 8000;
    }

    /// <summary>Forgets the stream: every band counts as present.</summary>
    public void Reset()
    {
        Array.Clear(_peakRatio);
        Array.Clear(_isMissing);
    }

    private bool IsPresent(int edge) => !_isMissing[edge] && _peakRatio[edge] > SettledRatio;

    private bool IsMissing(int edge, float below, float above)
    {
        if (below > ActiveLevel)
        {
            _peakRatio[edge] = MathF.Max(_peakRatio[edge] - _decay, MathF.Min(0, above - below));
            _isMissing[edge] = _peakRatio[edge] < (_isMissing[edge] ? PresentRatio : MissingRatio);
        }

        return _isMissing[edge];
    }
}
