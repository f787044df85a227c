namespace RtcEnhance.Testing;

/// <summary>A datagram that came through the network. Thread-safe.</summary>
/// <param name="Stream">Number of the stream.</param>
/// <param name="Index">Number of the packet within its stream, in the order sent, from 0.</param>
/// <param name="Data">The datagram.</param>
/// <param name="DueTimestamp">When it arrived, in ticks of the network's clock.</param>
/// <param name="IsDuplicate">True for the second arrival.</param>
public readonly record struct DeliveredPacket(int Stream, int Index, ReadOnlyMemory<byte> Data, long DueTimestamp, bool IsDuplicate);
