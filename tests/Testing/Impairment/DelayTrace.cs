namespace RtcEnhance.Testing;

/// <summary>
/// Network delay as a function of time alone, slot by slot: packets of any length that are sent in a slot have its
/// delay, and after the last slot comes the first. Thread-safe: immutable.
/// </summary>
public sealed class DelayTrace
{
    private readonly TimeSpan[] _delays;

    /// <summary>A trace.</summary>
    /// <param name="delays">Delay of each slot, 0 to 1 minute; at least one slot.</param>
    /// <param name="slot">Length of a slot, above zero.</param>
    /// <exception cref="ArgumentException"><paramref name="delays"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A delay or <paramref name="slot"/> is outside its range.</exception>
    public DelayTrace(ReadOnlySpan<TimeSpan> delays, TimeSpan slot)
    {
        if (delays.IsEmpty)
            throw new ArgumentException("A delay trace holds at least one slot.", nameof(delays));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(slot, TimeSpan.Zero);
        foreach (TimeSpan delay in delays)
        {
            if (delay < TimeSpan.Zero || delay > TimeSpan.FromMinutes(1))
                throw new ArgumentOutOfRangeException(nameof(delays), delay, "A delay is 0 to 1 minute.");
        }

        _delays = delays.ToArray();
        Slot = slot;
    }

    /// <summary>Slots in the trace.</summary>
    public int Count => _delays.Length;

    /// <summary>Length of a slot.</summary>
    public TimeSpan Slot { get; }

    /// <summary>Delay of a slot.</summary>
    /// <param name="slot">0 to <see cref="Count"/> - 1.</param>
    public TimeSpan this[int slot] => _delays[slot];

    /// <summary>Delay of a packet.</summary>
    /// <param name="sentAt">Time since the call began, not negative.</param>
    /// <returns>Zero or more.</returns>
    public TimeSpan DelayAt(TimeSpan sentAt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sentAt, TimeSpan.Zero);
        return _delays[(int)(sentAt.Ticks / Slot.Ticks % _delays.Length)];
    }
}
