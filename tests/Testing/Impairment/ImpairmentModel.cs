namespace RtcEnhance.Testing;

/// <summary>
/// Decides the fate of one stream's packets, in the order sent. Equal options, streams and send times give equal fates:
/// each packet takes the same count of random numbers whatever becomes of it, so changing one impairment leaves the
/// others as they were. One thread at a time.
/// </summary>
public sealed class ImpairmentModel
{
    private static readonly TimeSpan LargestDuplicateGap = TimeSpan.FromMilliseconds(20);

    private readonly ILossModel? _loss;
    private readonly DelayModel _delay;
    private readonly DelayTrace? _delayTrace;
    private readonly bool _jitterReorders;
    private readonly double _reorder;
    private readonly TimeSpan _reorderHold;
    private readonly double _duplicate;
    private readonly double _senderClock;
    private SplitMix64 _random;
    private TimeSpan _lastInOrder = TimeSpan.MinValue;

    /// <summary>A model of one stream.</summary>
    /// <param name="options">The impairments; read once.</param>
    /// <param name="loss">The call's loss, shared by its streams; null for a stream that loses nothing.</param>
    /// <param name="stream">Number of the stream: other streams have other delays.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public ImpairmentModel(ImpairmentOptions options, ILossModel? loss, int stream)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!(options.ReorderPercent is >= 0 and <= 100))
            throw new ArgumentOutOfRangeException(nameof(options), options.ReorderPercent, "ReorderPercent is 0 to 100.");
        if (options.ReorderHold <= TimeSpan.Zero || options.ReorderHold > TimeSpan.FromSeconds(10))
            throw new ArgumentOutOfRangeException(nameof(options), options.ReorderHold, "ReorderHold is above 0 to 10 s.");
        if (!(options.DuplicatePercent is >= 0 and <= 100))
            throw new ArgumentOutOfRangeException(nameof(options), options.DuplicatePercent, "DuplicatePercent is 0 to 100.");
        if (!(options.ClockDriftPpm is >= -100_000 and <= 100_000))
            throw new ArgumentOutOfRangeException(nameof(options), options.ClockDriftPpm, "ClockDriftPpm is -100000 to 100000.");

        int streamSeed = unchecked((options.Seed * 31) + stream);
        _loss = loss;
        _delay = new DelayModel(options.BaseDelay, options.Jitter, options.JitterDistribution, options.JitterCorrelation, streamSeed);
        _delayTrace = options.DelayTrace;
        _jitterReorders = options.JitterReorders;
        _reorder = options.ReorderPercent / 100;
        _reorderHold = options.ReorderHold;
        _duplicate = options.DuplicatePercent / 100;
        _senderClock = 1 + (options.ClockDriftPpm * 1e-6);
        _random = new SplitMix64(streamSeed, 0x666174);
    }

    /// <summary>Decides the next packet's fate.</summary>
    /// <param name="sentAt">Time since the call began, on the sender's clock; not negative and never less than before.</param>
    /// <returns>Its fate: no, one or two arrivals.</returns>
    public PacketFate Next(TimeSpan sentAt)
    {
        TimeSpan delay = _delay.Next() + (_delayTrace?.DelayAt(sentAt) ?? TimeSpan.Zero);
        bool isHeld = _random.NextDouble() < _reorder;
        bool isDoubled = _random.NextDouble() < _duplicate;
        TimeSpan duplicateGap = LargestDuplicateGap * _random.NextDouble();
        if (_loss?.IsLost(sentAt) == true)
            return new PacketFate(sentAt, null, null, false);

        TimeSpan delivery = (sentAt / _senderClock) + delay;
        if (!_jitterReorders && delivery < _lastInOrder)
            delivery = _lastInOrder;
        if (isHeld)
            delivery += _reorderHold;
        else
            _lastInOrder = delivery;
        return new PacketFate(sentAt, delivery, isDoubled ? delivery + duplicateGap : null, isHeld);
    }
}
