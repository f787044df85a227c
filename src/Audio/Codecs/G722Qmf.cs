namespace RtcEnhance.Audio;

/// <summary>
/// History of the 24-tap quadrature mirror filter of ITU-T G.722 section 5.2.1, in its two phases of 12 taps.
/// One thread at a time.
/// </summary>
internal sealed class G722Qmf
{
    private const int Taps = 12;

    // Each value is stored twice, Taps apart, so that the last 12 are always one contiguous run.
    private readonly int[] _first = new int[2 * Taps];
    private readonly int[] _second = new int[2 * Taps];
    private int _position;

    public void Push(int first, int second)
    {
        _first[_position] = _first[_position + Taps] = first;
        _second[_position] = _second[_position + Taps] = second;
        _position = _position + 1 == Taps ? 0 : _position + 1;
    }

    /// <summary>The phases' sums: the first one filtered forwards, the second one backwards.</summary>
    public (int First, int Second) Filter()
    {
        var coefficients = G722Tables.QmfCoefficients;
        var first = _first.AsSpan(_position, Taps);
        var second = _second.AsSpan(_position, Taps);
        int firstSum = 0, secondSum = 0;
        for (var i = 0; i < Taps; i++)
        {
            firstSum += first[i] * coefficients[i];
            secondSum += second[i] * coefficients[Taps - 1 - i];
        }

        return (firstSum, secondSum);
    }

    public void Reset()
    {
        Array.Clear(_first);
        Array.Clear(_second);
        _position = 0;
    }
}
