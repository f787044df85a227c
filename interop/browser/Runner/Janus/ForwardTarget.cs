namespace RtcEnhance.Browser.Janus;

/// <summary>Where a stream goes as plain RTP, and as what.</summary>
/// <param name="Port">UDP port on 127.0.0.1.</param>
/// <param name="PayloadType">Payload type of its packets.</param>
/// <param name="Ssrc">SSRC of its packets.</param>
internal readonly record struct ForwardTarget(int Port, byte PayloadType, uint Ssrc);
