namespace RtcEnhance.Audio;

/// <summary>
/// Finds where a stream's content really ends: a telephone call in a wide-band codec, or a codec's own low-pass. A band
/// counts as missing once one and a half seconds of sound have shown nothing in it, and as present at its first trace.
/// One thread at a time.
/// </summary>
internal sealed class CutoffDetector
{
    // Ratios are in bels; frames are 5 ms of sound. The contrast needed to return keeps the two states apart.
    private const float MissingRatio = -3.0f;
    private const float PresentRatio = -2.4f;
    private const float DecayPerFrame = 0.01f;
    // About -70 dB full scale in one bin's power: only sound well above any noise floor is evidence of absence.
    private const float ActiveLevel = -6.5f;

    private readonly bool _isWideband;
    private readonly float[] _peakRatio = new float[3];
    private readonly bool[] _isMissing = new bool[3];

    /// <summary>A detector for one stream.</summary>
    /// <param name="inputRateHz">8000 or 16000.</param>
    public CutoffDetector(int inputRateHz) => _isWideband = inputRateHz == 16000;

    /// <summary>Updates the estimate with the newest spectrum.</summary>
    /// <returns>3400, 4000, 7000 or 8000 Hz.</returns>
    public int Update(BandAnalyzer spectrum)
    {
        var telephone = spectrum.Level(2400, 3200);
        var telephoneEdge = IsMissing(0, telephone, spectrum.Level(3650, 3900));
        if (!_isWideband)
            return telephoneEdge ? 3400 : 4000;

        var wide = spectrum.Level(6000, 6800);
        if (IsMissing(1, telephone, MathF.Max(spectrum.Level(4300, 5200), wide)))
            return telephoneEdge ? 3400 : 4000;
        return IsMissing(2, wide, spectrum.Level(7250, 7750)) ? 7000 : 8000;
    }

    /// <summary>Forgets the stream: every band counts as present.</summary>
    public void Reset()
    {
        Array.Clear(_peakRatio);
        Array.Clear(_isMissing);
    }

    private bool IsMissing(int edge, float below, float above)
    {
        if (below > ActiveLevel)
        {
            _peakRatio[edge] = MathF.Max(_peakRatio[edge] - DecayPerFrame, MathF.Min(0, above - below));
            _isMissing[edge] = _peakRatio[edge] < (_isMissing[edge] ? PresentRatio : MissingRatio);
        }

        return _isMissing[edge];
    }
}
