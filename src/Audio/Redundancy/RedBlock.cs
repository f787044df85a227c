namespace RtcEnhance.Audio;

/// <summary>One of the payloads inside a <see cref="RedPayload"/>. Thread-safe: a value.</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="TimestampOffset">RTP clock units by which the block is older than its packet: 0 to 16383.</param>
/// <param name="Timestamp">The block's own RTP timestamp, wrapping.</param>
/// <param name="Data">The payload, a part of the packet's memory; empty for a primary alone.</param>
/// <param name="IsPrimary">Whether this is what the packet was sent for; every packet has one, its last block.</param>
internal readonly record struct RedBlock(byte PayloadType, int TimestampOffset, uint Timestamp, ReadOnlyMemory<byte> Data, bool IsPrimary);
