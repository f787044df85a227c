namespace RtcEnhance.Benchmarks.Playout;

/// <summary>
/// A buffer that counts packets and not time, as Pion's and baresip's do: playout begins once so many wait, and again
/// so after the buffer ran empty; a missing packet is concealed where later ones wait. One thread at a time.
/// </summary>
/// <param name="startPackets">Packets that must wait before playout begins.</param>
/// <param name="capacity">Packets that it holds; one more, and the oldest are given up until <paramref name="startPackets"/> are left.</param>
/// <param name="packetSamples">Samples in a packet.</param>
public sealed class PacketCountBuffer(int startPackets, int capacity, int packetSamples) : IPlayoutPolicy
{
    private readonly SortedSet<int> _held = [];
    private bool _isBuffering = true;
    private bool _hasPlayed;
    private int _cursor;
    private int _discarded;

    /// <inheritdoc/>
    public void Insert(in ArrivedPacket packet)
    {
        if (packet.Timestamp + packetSamples <= _cursor || !_held.Add(packet.Timestamp))
            _discarded++;
        if (_held.Count <= capacity)
            return;
        while (_held.Count > startPackets)
        {
            _held.Remove(_held.Min);
            _discarded++;
        }

        _cursor = _held.Min;
    }

    /// <inheritdoc/>
    public PlayedBlock Pull()
    {
        if (_isBuffering && _held.Count >= startPackets)
        {
            _isBuffering = false;
            _cursor = Math.Max(_cursor, _held.Min);
        }

        _isBuffering |= _held.Count == 0;
        int? end = null;
        if (!_isBuffering)
        {
            bool isThere = _held.Min <= _cursor;
            _cursor += PlayoutCall.BlockSamples;
            if (isThere)
                end = _cursor;
            _held.RemoveWhere(held => held + packetSamples <= _cursor);
        }

        _hasPlayed |= end is not null;
        int discarded = _discarded;
        _discarded = 0;
        return new PlayedBlock(end, _hasPlayed && end is null ? PlayoutCall.BlockSamples : 0, Discarded: discarded);
    }
}
