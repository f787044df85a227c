namespace RtcEnhance.Audio;

/// <summary>
/// The adaptive state of one G.722 sub-band, the same in encoder and decoder: quantiser scale factor and pole-zero
/// predictor, in the 16-bit saturating arithmetic of ITU-T G.722 section 6.2. One thread at a time.
/// </summary>
/// <remarks>
/// The Recommendation's names, without their band letter: det scale factor, nb its logarithm, a pole and b zero
/// coefficients, d quantised differences, r reconstructed and p partially reconstructed signals, s and sz predictions.
/// </remarks>
internal sealed class G722Band
{
    private readonly int _logFloorShift;
    private readonly int _maxLog;
    private readonly int _initialScale;
    private readonly int[] _b = new int[6];
    private readonly int[] _d = new int[6];
    private int _nb;
    private int _a1;
    private int _a2;
    private int _p1;
    private int _p2;
    private int _r1;
    private int _sz;

    private G722Band(int logFloorShift, int maxLog, int initialScale)
    {
        _logFloorShift = logFloorShift;
        _maxLog = maxLog;
        _initialScale = initialScale;
        Reset();
    }

    /// <summary>The predictor's estimate of the next sample (s).</summary>
    public int Prediction { get; private set; }

    /// <summary>The quantiser's scale factor (det).</summary>
    public int Scale { get; private set; }

    public static G722Band CreateLow() => new(logFloorShift: 8, maxLog: 18432, initialScale: 32);

    public static G722Band CreateHigh() => new(logFloorShift: 10, maxLog: 22528, initialScale: 8);

    /// <summary>Takes one quantised difference into the state (blocks LOGSC, SCALE and the whole of block 4).</summary>
    /// <param name="quantized">Inverse quantiser's output for the code, before the scale factor.</param>
    /// <param name="logStep">The code's step of the logarithmic scale factor.</param>
    public void Adapt(int quantized, int logStep)
    {
        var difference = (Scale * quantized) >> 15;
        AdaptScale(logStep);

        var reconstructed = Pcm16.Saturate(Prediction + difference);
        var partial = Pcm16.Saturate(_sz + difference);
        AdaptPoles(partial);
        AdaptZeros(difference);

        var poles = Pcm16.Saturate(((_a1 * Doubled(reconstructed)) >> 15) + ((_a2 * Doubled(_r1)) >> 15));
        _r1 = reconstructed;
        _p2 = _p1;
        _p1 = partial;
        Prediction = Pcm16.Saturate(poles + _sz);
    }

    public void Reset()
    {
        Array.Clear(_b);
        Array.Clear(_d);
        _nb = _a1 = _a2 = _p1 = _p2 = _r1 = _sz = 0;
        Prediction = 0;
        Scale = _initialScale;
    }

    private void AdaptScale(int logStep)
    {
        _nb = Math.Clamp(((_nb * 127) >> 7) + logStep, 0, _maxLog);
        var mantissa = (int)G722Tables.InverseLog[(_nb >> 6) & 31];
        var shift = _logFloorShift - (_nb >> 11);
        Scale = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2;
    }

    private void AdaptPoles(int partial)
    {
        var sameAsLast = (partial ^ _p1) >= 0;
        var sameAsSecondLast = (partial ^ _p2) >= 0;

        var slope = Pcm16.Saturate(4 * _a1);
        var cross = Pcm16.Saturate(sameAsLast ? -slope : slope) >> 7;
        _a2 = Math.Clamp(cross + (sameAsSecondLast ? 128 : -128) + ((_a2 * 32512) >> 15), -12288, 12288);

        // The limit keeps the pole pair inside the unit circle; it can never be negative as a2 is at most 12288.
        var limit = 15360 - _a2;
        _a1 = Math.Clamp((sameAsLast ? 192 : -192) + ((_a1 * 32640) >> 15), -limit, limit);
    }

    private void AdaptZeros(int difference)
    {
        var step = difference == 0 ? 0 : 128;
        for (var i = 0; i < _b.Length; i++)
            _b[i] = Pcm16.Saturate(((_d[i] ^ difference) < 0 ? -step : step) + ((_b[i] * 32640) >> 15));

        // Adding from the oldest term on decides where the sum saturates.
        _sz = 0;
        for (var i = _d.Length - 1; i >= 0; i--)
        {
            _d[i] = i == 0 ? difference : _d[i - 1];
            _sz = Pcm16.Saturate(_sz + ((_b[i] * Doubled(_d[i])) >> 15));
        }
    }

    private static int Doubled(int value) => Pcm16.Saturate(2 * value);
}
