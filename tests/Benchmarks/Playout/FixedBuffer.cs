namespace RtcEnhance.Benchmarks.Playout;

/// <summary>
/// A buffer that plays each packet a fixed time after the first one's arrival, as GStreamer's and Asterisk's fixed ones
/// do; what comes later is lost. Once everything came too late for a second it begins again. One thread at a time.
/// </summary>
/// <param name="delayMs">Time from the first packet's arrival to its playout.</param>
/// <param name="packetSamples">Samples in a packet.</param>
public sealed class FixedBuffer(int delayMs, int packetSamples) : IPlayoutPolicy
{
    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(1);

    private readonly SortedSet<int> _held = [];
    private TimeSpan _now;
    private TimeSpan? _start;
    private TimeSpan? _lateSince;
    private int? _cursor;
    private bool _hasPlayed;
    private int _discarded;

    /// <inheritdoc/>
    public void Insert(in ArrivedPacket packet)
    {
        if (packet.Timestamp + packetSamples <= _cursor)
        {
            _lateSince ??= packet.Arrival;
            if (packet.Arrival - _lateSince < RestartAfter)
            {
                _discarded++;
                return;
            }

            _discarded += _held.Count;
            _held.Clear();
            _cursor = null;
            _start = null;
        }

        _lateSince = null;
        _start ??= packet.Arrival + TimeSpan.FromMilliseconds(delayMs);
        _held.Add(packet.Timestamp);
    }

    /// <inheritdoc/>
    public PlayedBlock Pull()
    {
        if (_cursor is null && _now >= _start)
            _cursor = _held.Min;
        _now += TimeSpan.FromMilliseconds(PlayoutCall.BlockMs);
        int discarded = _discarded;
        _discarded = 0;
        int? end = null;
        if (_cursor is { } at)
        {
            int packet = at - (at % packetSamples);
            _cursor = at + PlayoutCall.BlockSamples;
            if (_held.Contains(packet))
                end = _cursor;
            _held.RemoveWhere(held => held + packetSamples <= _cursor);
        }

        _hasPlayed |= end is not null;
        return new PlayedBlock(end, _hasPlayed && end is null ? PlayoutCall.BlockSamples : 0, Discarded: discarded);
    }
}
