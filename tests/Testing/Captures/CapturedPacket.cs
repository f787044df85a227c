namespace RtcEnhance.Testing;

/// <summary>One datagram of a capture. Thread-safe: immutable.</summary>
/// <param name="Time">When it was captured, counted from the capture's first packet; negative where the file is out of order.</param>
/// <param name="Datagram">What UDP carried, a view into the file that was read: RTP, RTCP, or whatever else went over the wire.</param>
public readonly record struct CapturedPacket(TimeSpan Time, ReadOnlyMemory<byte> Datagram);
