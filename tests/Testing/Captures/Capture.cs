namespace RtcEnhance.Testing;

/// <summary>What <see cref="CaptureReader"/> found in a file. Thread-safe: immutable.</summary>
public sealed class Capture
{
    /// <summary>The UDP datagrams in the order of the file.</summary>
    public required IReadOnlyList<CapturedPacket> Packets { get; init; }

    /// <summary>IP fragments left out: nothing is reassembled.</summary>
    public int FragmentedPackets { get; init; }

    /// <summary>Packets left out because the capture holds only part of them or because their lengths contradict each other.</summary>
    public int DamagedPackets { get; init; }

    /// <summary>Packets left out because they are not UDP over IP, or carry no time.</summary>
    public int OtherPackets { get; init; }

    /// <summary>Whether the file ends inside a packet; what came before is there.</summary>
    public bool IsCut { get; init; }
}
