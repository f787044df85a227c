namespace RtcEnhance.Benchmarks.Playout;

/// <summary>One packet as it arrives at every policy. Thread-safe.</summary>
/// <param name="Arrival">Time since the call began, on the receiver's clock.</param>
/// <param name="Index">Its number in the order sent, from 0.</param>
/// <param name="Timestamp">RTP timestamp of its first sample.</param>
/// <param name="Payload">The encoded samples, 8 bits each.</param>
public readonly record struct ArrivedPacket(TimeSpan Arrival, int Index, int Timestamp, byte[] Payload);
