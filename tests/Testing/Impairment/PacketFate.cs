namespace RtcEnhance.Testing;

/// <summary>What the network does with one packet. Thread-safe.</summary>
/// <param name="SentAt">When it was sent.</param>
/// <param name="DeliveredAt">When it arrives; null for a lost packet.</param>
/// <param name="DuplicateAt">When it arrives a second time; null where it does not.</param>
/// <param name="IsReordered">True where it was held back to be overtaken.</param>
public readonly record struct PacketFate(TimeSpan SentAt, TimeSpan? DeliveredAt, TimeSpan? DuplicateAt, bool IsReordered)
{
    /// <summary>True for a packet that never arrives.</summary>
    public bool IsLost => DeliveredAt is null;
}
