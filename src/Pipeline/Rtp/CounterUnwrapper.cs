namespace RtcEnhance;

/// <summary>
/// Turns one stream's wrapping sequence numbers or timestamps into 64-bit values that do not wrap, whatever order they
/// arrive in, as long as each is less than half the range from the newest one so far. One thread at a time.
/// </summary>
/// <remarks>A mutable struct: keep it in a field that is not read-only.</remarks>
public struct CounterUnwrapper
{
    private long _newest;
    private bool _hasValue;

    /// <summary>The largest value so far; meaningless before the first one.</summary>
    public readonly long Newest => _newest;

    /// <summary>True once a value was seen.</summary>
    public readonly bool HasValue => _hasValue;

    /// <summary>Unwraps a 16-bit counter; one unwrapper serves one width only.</summary>
    /// <param name="value">A sequence number. The first one is returned as it is.</param>
    /// <returns>A value congruent to <paramref name="value"/> modulo 2^16; negative for what precedes a first value near 0.</returns>
    public long Unwrap(ushort value) => Advance(Peek(value));

    /// <summary>Unwraps a 32-bit counter; one unwrapper serves one width only.</summary>
    /// <param name="value">An RTP timestamp. The first one is returned as it is.</param>
    /// <returns>A value congruent to <paramref name="value"/> modulo 2^32; negative for what precedes a first value near 0.</returns>
    public long Unwrap(uint value) => Advance(Peek(value));

    /// <summary>The value that <see cref="Unwrap(ushort)"/> would return, without taking note of it.</summary>
    /// <param name="value">A sequence number.</param>
    /// <returns>The unwrapped value.</returns>
    public readonly long Peek(ushort value)
        => _hasValue ? _newest + RtpArithmetic.Distance(value, (ushort)_newest) : value;

    /// <summary>The value that <see cref="Unwrap(uint)"/> would return, without taking note of it.</summary>
    /// <param name="value">An RTP timestamp.</param>
    /// <returns>The unwrapped value.</returns>
    public readonly long Peek(uint value)
        => _hasValue ? _newest + RtpArithmetic.Distance(value, (uint)_newest) : value;

    /// <summary>Forgets the stream: the next value is a first one.</summary>
    public void Reset() => this = default;

    private long Advance(long unwrapped)
    {
        _newest = _hasValue ? Math.Max(_newest, unwrapped) : unwrapped;
        _hasValue = true;
        return unwrapped;
    }
}
