namespace RtcEnhance.Audio;

/// <summary>
/// Tells pauses from voice: a span is quiet where each 5 ms of it are little louder than the quietest 5 ms of late. Integers
/// only. One thread at a time.
/// </summary>
internal sealed class QuietDetector
{
    // Mean squares of 16-bit values: -72, -60 and -50 dB of full scale.
    private const int LowestFloor = 64;
    private const int InitialFloor = 1074;
    private const int HighestFloor = 10_737;

    // 12 dB: 5 ms of steady noise vary by about 4 dB either way.
    private const int Margin = 16;

    private readonly int _blockLength;
    private int _floor;

    /// <param name="blockLength">Interleaved samples in 5 ms.</param>
    public QuietDetector(int blockLength)
    {
        _blockLength = blockLength;
        Reset();
    }

    public void Reset() => _floor = InitialFloor;

    /// <summary>Learns the quietest part of a signal; a floor that is too low doubles in about 90 calls.</summary>
    public void Observe(ReadOnlySpan<int> signal)
    {
        _floor = Math.Min(HighestFloor, _floor + 1 + (_floor >> 7));
        for (; signal.Length >= _blockLength; signal = signal[_blockLength..])
            _floor = Math.Min(_floor, Math.Max(LowestFloor, MeanSquare(signal[.._blockLength])));
    }

    /// <summary>Samples at the start that are quiet, in whole blocks.</summary>
    public int QuietStart(ReadOnlySpan<int> signal)
    {
        int quiet = 0;
        while (quiet + _blockLength <= signal.Length && IsQuiet(signal.Slice(quiet, _blockLength)))
            quiet += _blockLength;
        return quiet;
    }

    /// <summary>Samples at the end that are quiet, in whole blocks.</summary>
    public int QuietEnd(ReadOnlySpan<int> signal)
    {
        int quiet = 0;
        while (quiet + _blockLength <= signal.Length && IsQuiet(signal[..^quiet][^_blockLength..]))
            quiet += _blockLength;
        return quiet;
    }

    private bool IsQuiet(ReadOnlySpan<int> block) => MeanSquare(block) <= Margin * _floor;

    private static int MeanSquare(ReadOnlySpan<int> block)
    {
        long sum = 0;
        foreach (int sample in block)
            sum += (long)sample * sample;
        return (int)Math.Min(int.MaxValue, sum / block.Length);
    }
}
