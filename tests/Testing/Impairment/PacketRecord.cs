namespace RtcEnhance.Testing;

/// <summary>One line of a network's log. Thread-safe.</summary>
/// <param name="Stream">Number of the stream.</param>
/// <param name="Index">Number of the packet within its stream, in the order sent, from 0.</param>
/// <param name="Bytes">Size of the datagram.</param>
/// <param name="Fate">What became of it; times count from the network's first packet.</param>
public readonly record struct PacketRecord(int Stream, int Index, int Bytes, PacketFate Fate);
