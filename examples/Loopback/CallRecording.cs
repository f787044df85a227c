using RtcEnhance.Loopback.Receiving;
using RtcEnhance.Testing;

namespace RtcEnhance.Loopback;

/// <summary>What is left of a call for scoring.</summary>
internal sealed record CallRecording(
    CallOptions Options,
    CallReceiver Receiver,
    IReadOnlyList<PacketRecord> Network,
    IReadOnlyDictionary<string, double[]> StageMs,
    long StartTimestamp,
    long TicksPerSecond,
    long VideoBytes,
    int KeyFramesOnRequest) : IDisposable
{
    public void Dispose() => Receiver.Dispose();
}
