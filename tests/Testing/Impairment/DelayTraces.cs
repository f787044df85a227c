namespace RtcEnhance.Testing;

/// <summary>
/// Makes the delays that playout has to cope with beyond plain jitter, in slots of 10 ms. Equal arguments give equal
/// traces. Clock drift and reordering are options of the impairment itself. Thread-safe.
/// </summary>
public static class DelayTraces
{
    private static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Spikes as wireless links make them: now and then the link stops, and all packets sent meanwhile come at once when
    /// it goes on. Ramjee, Kurose, Towsley and Schulzrinne, "Adaptive playout mechanisms for packetized audio
    /// applications in wide-area networks", 1994.
    /// </summary>
    /// <param name="duration">Length of the trace, 10 ms to 24 h.</param>
    /// <param name="meanInterval">Mean time from the end of a stop to the next one, exponential; 10 ms or more.</param>
    /// <param name="meanStop">Mean length of a stop, exponential, cut at five times it; 10 ms to 10 s.</param>
    /// <param name="seed">Any number.</param>
    /// <returns>The trace.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static DelayTrace Spikes(TimeSpan duration, TimeSpan meanInterval, TimeSpan meanStop, int seed)
    {
        TimeSpan[] delays = Slots(duration);
        ArgumentOutOfRangeException.ThrowIfLessThan(meanInterval, Slot);
        ThrowIfOutside(meanStop, Slot, TimeSpan.FromSeconds(10), nameof(meanStop));
        var random = new SplitMix64(seed, 0x7370696B);
        for (TimeSpan at = Exponential(ref random, meanInterval); at < duration; at += Exponential(ref random, meanInterval))
        {
            TimeSpan end = at + Min(Exponential(ref random, meanStop), 5 * meanStop);
            Stop(delays, at, end);
            at = end;
        }

        return new DelayTrace(delays, Slot);
    }

    /// <summary>A path that becomes longer and shorter again: route changes, or a relay that is switched in.</summary>
    /// <param name="duration">Length of the trace, 10 ms to 24 h.</param>
    /// <param name="size">Added delay of the longer path, 0 to 1 minute.</param>
    /// <param name="period">Time on one path, 10 ms or more; the shorter one comes first.</param>
    /// <returns>The trace.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static DelayTrace Steps(TimeSpan duration, TimeSpan size, TimeSpan period)
    {
        TimeSpan[] delays = Slots(duration);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, Slot);
        for (int i = 0; i < delays.Length; i++)
            delays[i] = i * Slot.Ticks / period.Ticks % 2 == 0 ? TimeSpan.Zero : size;
        return new DelayTrace(delays, Slot);
    }

    /// <summary>
    /// A phone that changes cells: the link stops, what was sent meanwhile is forwarded and comes at once, and the new
    /// path's delay differs. The pause without a new connection is about 50 ms (3GPP TR 36.881); with one it is several
    /// hundred.
    /// </summary>
    /// <param name="duration">Length of the trace, 10 ms to 24 h.</param>
    /// <param name="meanInterval">Mean time from one change to the next, exponential; 10 ms or more.</param>
    /// <param name="shortestStop">Shortest pause, 0 to <paramref name="longestStop"/>; pauses are uniform.</param>
    /// <param name="longestStop">Longest pause, at most 10 s.</param>
    /// <param name="spread">Paths differ in delay by up to this much, uniform; 0 to 10 s.</param>
    /// <param name="seed">Any number.</param>
    /// <returns>The trace.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static DelayTrace Handovers(
        TimeSpan duration, TimeSpan meanInterval, TimeSpan shortestStop, TimeSpan longestStop, TimeSpan spread, int seed)
    {
        TimeSpan[] delays = Slots(duration);
        ArgumentOutOfRangeException.ThrowIfLessThan(meanInterval, Slot);
        ThrowIfOutside(longestStop, TimeSpan.Zero, TimeSpan.FromSeconds(10), nameof(longestStop));
        ThrowIfOutside(shortestStop, TimeSpan.Zero, longestStop, nameof(shortestStop));
        ThrowIfOutside(spread, TimeSpan.Zero, TimeSpan.FromSeconds(10), nameof(spread));
        var random = new SplitMix64(seed, 0x68616E64);
        TimeSpan path = spread * random.NextDouble();
        for (TimeSpan start = TimeSpan.Zero; start < duration;)
        {
            TimeSpan stop = start + Exponential(ref random, meanInterval);
            TimeSpan end = stop + shortestStop + ((longestStop - shortestStop) * random.NextDouble());
            Fill(delays, start, end, path);
            path = spread * random.NextDouble();
            Stop(delays, stop, end + path);
            start = end;
        }

        return new DelayTrace(delays, Slot);
    }

    /// <summary>
    /// A queue shared with others' traffic, which comes in bursts above the link's rate: the wait is the work before a
    /// packet (Lindley, "The theory of queues with a single server", 1952), up to the queue's room.
    /// </summary>
    /// <param name="duration">Length of the trace, 10 ms to 24 h.</param>
    /// <param name="load">Mean rate of the other traffic, 0 to below 1, in units of the link's rate.</param>
    /// <param name="burstRate">Its rate within a burst, above 1 to 100.</param>
    /// <param name="meanBurst">Mean length of a burst, exponential as the pauses are; 10 ms to 1 minute.</param>
    /// <param name="room">Longest wait, 0 to 10 s.</param>
    /// <param name="seed">Any number.</param>
    /// <returns>The trace.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static DelayTrace Queue(TimeSpan duration, double load, double burstRate, TimeSpan meanBurst, TimeSpan room, int seed)
    {
        TimeSpan[] delays = Slots(duration);
        if (!(load is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(load), load, "The load is 0 to below 1.");
        if (!(burstRate is > 1 and <= 100))
            throw new ArgumentOutOfRangeException(nameof(burstRate), burstRate, "The rate of a burst is above 1 to 100.");
        ThrowIfOutside(meanBurst, Slot, TimeSpan.FromMinutes(1), nameof(meanBurst));
        ThrowIfOutside(room, TimeSpan.Zero, TimeSpan.FromSeconds(10), nameof(room));
        var random = new SplitMix64(seed, 0x71756575);
        double burstEnds = 1 - Math.Exp(-Slot / meanBurst);
        double burstBegins = load * burstEnds / (burstRate - load);
        bool isBurst = false;
        TimeSpan wait = TimeSpan.Zero;
        for (int i = 0; i < delays.Length; i++)
        {
            delays[i] = wait;
            double u = random.NextDouble();
            isBurst = isBurst ? u >= burstEnds : u < burstBegins;
            wait += Slot * ((isBurst ? burstRate : 0) - 1);
            wait = wait < TimeSpan.Zero ? TimeSpan.Zero : Min(wait, room);
        }

        return new DelayTrace(delays, Slot);
    }

    private static TimeSpan[] Slots(TimeSpan duration)
    {
        ThrowIfOutside(duration, Slot, TimeSpan.FromHours(24), nameof(duration));
        return new TimeSpan[(int)(duration / Slot)];
    }

    /// <summary>What is sent in between comes at the end; where it would come later anyhow, it does.</summary>
    private static void Stop(TimeSpan[] delays, TimeSpan from, TimeSpan end)
    {
        for (int i = (int)(from / Slot); i < delays.Length && i * Slot < end; i++)
        {
            TimeSpan left = end - (i * Slot);
            delays[i] = left > delays[i] ? left : delays[i];
        }
    }

    private static void Fill(TimeSpan[] delays, TimeSpan from, TimeSpan to, TimeSpan delay)
    {
        int first = Math.Min((int)(from / Slot), delays.Length);
        delays.AsSpan(first, Math.Min((int)(to / Slot) + 1, delays.Length) - first).Fill(delay);
    }

    private static TimeSpan Exponential(ref SplitMix64 random, TimeSpan mean) => mean * -Math.Log(1 - random.NextDouble());

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static void ThrowIfOutside(TimeSpan value, TimeSpan least, TimeSpan most, string name)
    {
        if (value < least || value > most)
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {least.TotalMilliseconds} to {most.TotalMilliseconds} ms.");
    }
}
