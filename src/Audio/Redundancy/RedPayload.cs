namespace RtcEnhance.Audio;

/// <summary>
/// A redundant-audio payload (RFC 2198) that was found whole, read block by block in payload order: senders put the
/// oldest first, and the primary is always last. Redundant blocks without data say nothing and are passed over. A payload
/// that breaks the format is refused as a whole: its block boundaries cannot be told from its data. Thread-safe.
/// </summary>
internal readonly struct RedPayload
{
    /// <summary>Most blocks of one packet, the primary included.</summary>
    internal const int MaxBlocks = 32;

    private const int HeaderBytes = 4;
    private const byte FollowedByAnother = 0x80;

    private readonly ReadOnlyMemory<byte> _payload;
    private readonly uint _timestamp;
    private readonly int _dataStart;

    private RedPayload(ReadOnlyMemory<byte> payload, uint timestamp, int dataStart, int count)
    {
        _payload = payload;
        _timestamp = timestamp;
        _dataStart = dataStart;
        BlockCount = count;
    }

    /// <summary>Blocks in the packet: 1 to <see cref="MaxBlocks"/>, empty ones included.</summary>
    internal int BlockCount { get; }

    /// <summary>Checks the headers and lengths of a packet's payload.</summary>
    /// <param name="packet">A packet of a redundant-audio payload type.</param>
    /// <param name="red">The payload, over the packet's memory; without a block where it is refused.</param>
    /// <returns>
    /// False where a header is cut off, the blocks are longer than the payload, there are more than
    /// <see cref="MaxBlocks"/>, or one has the packet's own payload type.
    /// </returns>
    internal static bool TryParse(in RtpPacket packet, out RedPayload red)
    {
        red = default;
        ReadOnlySpan<byte> bytes = packet.Payload.Span;
        int at = 0;
        int redundantBytes = 0;
        for (int count = 1; count <= MaxBlocks && at < bytes.Length; count++)
        {
            if ((bytes[at] & ~FollowedByAnother) == packet.PayloadType)
                return false;
            if ((bytes[at] & FollowedByAnother) == 0)
            {
                bool fits = redundantBytes <= bytes.Length - (at + 1);
                red = fits ? new RedPayload(packet.Payload, packet.Timestamp, at + 1, count) : default;
                return fits;
            }

            if (bytes.Length - at < HeaderBytes)
                return false;
            redundantBytes += LengthAt(bytes, at);
            at += HeaderBytes;
        }

        return false;
    }

    public Enumerator GetEnumerator() => new(this);

    private static int LengthAt(ReadOnlySpan<byte> bytes, int header) => ((bytes[header + 2] & 3) << 8) | bytes[header + 3];

    /// <summary>Walks over the blocks. One thread at a time.</summary>
    internal struct Enumerator
    {
        private readonly RedPayload _red;
        private int _block;
        private int _dataStart;

        internal Enumerator(RedPayload red)
        {
            _red = red;
            _dataStart = red._dataStart;
        }

        public RedBlock Current { get; private set; }

        public bool MoveNext()
        {
            ReadOnlySpan<byte> bytes = _red._payload.Span;
            while (_block < _red.BlockCount)
            {
                int header = HeaderBytes * _block++;
                byte payloadType = (byte)(bytes[header] & ~FollowedByAnother);
                if (_block == _red.BlockCount)
                {
                    Current = new RedBlock(payloadType, 0, _red._timestamp, _red._payload[_dataStart..], IsPrimary: true);
                    return true;
                }

                int offset = (bytes[header + 1] << 6) | (bytes[header + 2] >> 2);
                int length = LengthAt(bytes, header);
                ReadOnlyMemory<byte> data = _red._payload.Slice(_dataStart, length);
                _dataStart += length;
                if (length > 0)
                {
                    Current = new RedBlock(payloadType, offset, _red._timestamp - (uint)offset, data, IsPrimary: false);
                    return true;
                }
            }

            return false;
        }
    }
}
