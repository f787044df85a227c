namespace RtcEnhance.Testing;

/// <summary>
/// Bursty loss: a two-state Markov process over time slots, in whose bad state every packet is lost. The asked loss and
/// mean burst hold although bursts are cut at a cap. Slots are drawn in order and kept, so the answer for a time does not
/// depend on who asks or when. Gilbert, "Capacity of a burst-noise channel", 1960. One thread at a time.
/// </summary>
public sealed class GilbertElliott : ILossModel
{
    private readonly int _capSlots;
    private readonly double _toBad;
    private readonly double _toGood;
    private SplitMix64 _random;
    private ulong[] _bits = new ulong[16];
    private long _drawn;
    private int _burst;

    /// <summary>A loss process.</summary>
    /// <param name="lossPercent">
    /// Share of slots that lose their packets, 0 to 100 x B / (B + 1) for a mean burst of B slots: bursts are apart by at
    /// least one slot.
    /// </param>
    /// <param name="meanBurst">Mean length of a burst, <paramref name="slot"/> to <paramref name="maxBurst"/>.</param>
    /// <param name="maxBurst">Longest burst, at most 10 minutes.</param>
    /// <param name="slot">Length of a slot, 1 ms to 1 s; a packet duration makes a slot a packet.</param>
    /// <param name="seed">Any number; equal seeds give equal outages.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public GilbertElliott(double lossPercent, TimeSpan meanBurst, TimeSpan maxBurst, TimeSpan slot, int seed)
    {
        if (slot < TimeSpan.FromMilliseconds(1) || slot > TimeSpan.FromSeconds(1))
            throw new ArgumentOutOfRangeException(nameof(slot), slot, "A slot is 1 ms to 1 s.");
        if (maxBurst < slot || maxBurst > TimeSpan.FromMinutes(10))
            throw new ArgumentOutOfRangeException(nameof(maxBurst), maxBurst, $"The longest burst is one slot ({slot.TotalMilliseconds} ms) to 10 minutes.");
        if (meanBurst < slot || meanBurst > maxBurst)
            throw new ArgumentOutOfRangeException(nameof(meanBurst), meanBurst, $"The mean burst is one slot ({slot.TotalMilliseconds} ms) to the longest burst ({maxBurst.TotalMilliseconds} ms).");
        double meanSlots = meanBurst / slot;
        double mostPercent = 100 * meanSlots / (meanSlots + 1);
        if (!(lossPercent >= 0 && lossPercent <= mostPercent))
            throw new ArgumentOutOfRangeException(nameof(lossPercent), lossPercent, $"Loss is 0 to {mostPercent:0.#} percent for a mean burst of {meanBurst.TotalMilliseconds} ms; longer bursts allow more.");

        Slot = slot;
        LossPercent = lossPercent;
        _capSlots = (int)(maxBurst / slot);
        _toGood = EndOfBurst(Math.Min(meanSlots, _capSlots), _capSlots);
        double loss = lossPercent / 100;
        _toBad = loss == 0 ? 0 : loss / ((1 - loss) * meanSlots);
        _random = new SplitMix64(seed, 0x6C6F7373);
        _burst = _random.NextDouble() < loss ? 1 : 0;
    }

    /// <summary>Length of a slot.</summary>
    public TimeSpan Slot { get; }

    /// <summary>Share of slots that lose their packets.</summary>
    public double LossPercent { get; }

    /// <inheritdoc/>
    public bool IsLost(TimeSpan sentAt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sentAt, TimeSpan.Zero);
        return IsSlotLost(sentAt.Ticks / Slot.Ticks);
    }

    /// <summary>Whether a slot loses its packets.</summary>
    /// <param name="slot">Number of the slot, from 0.</param>
    /// <returns>True for a bad slot.</returns>
    public bool IsSlotLost(long slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        while (_drawn <= slot)
            Draw();
        return (_bits[slot >> 6] & (1UL << (int)(slot & 63))) != 0;
    }

    private void Draw()
    {
        if (_drawn >> 6 == _bits.Length)
            Array.Resize(ref _bits, 2 * _bits.Length);
        if (_burst > 0)
            _bits[_drawn >> 6] |= 1UL << (int)(_drawn & 63);
        _drawn++;

        double u = _random.NextDouble();
        _burst = _burst == 0
            ? (u < _toBad ? 1 : 0)
            : (_burst < _capSlots && u >= _toGood ? _burst + 1 : 0);
    }

    // A burst that ends with probability r after each slot, and at c slots for certain, lasts (1 - (1 - r)^c) / r slots
    // on average: from c at r = 0 down to 1 at r = 1. Bisection finds the r of the asked mean.
    private static double EndOfBurst(double mean, int cap)
    {
        double low = 0, high = 1;
        for (int i = 0; i < 60; i++)
        {
            double r = (low + high) / 2;
            if ((1 - Math.Pow(1 - r, cap)) / r > mean)
                low = r;
            else
                high = r;
        }

        return high;
    }
}
