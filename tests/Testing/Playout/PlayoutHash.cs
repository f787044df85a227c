using RtcEnhance.Audio;

namespace RtcEnhance.Testing;

/// <summary>
/// A fingerprint of what an <see cref="AudioReceiver"/> decided: each block's operation, how far it was stretched and how
/// far the stream was played. Neither samples nor the stages' routes count, so the same packets and pulls give the same
/// hash on every machine. One thread at a time.
/// </summary>
/// <remarks>FNV-1a of 64 bits over 9 bytes a block: operation, stretched samples and RTP timestamp, little-endian.</remarks>
public sealed class PlayoutHash : IPlayoutLog
{
    private const ulong OffsetBasis = 0xCBF29CE484222325;
    private const ulong Prime = 0x00000100000001B3;

    /// <summary>The hash of the blocks so far.</summary>
    public ulong Value { get; private set; } = OffsetBasis;

    /// <summary>Blocks so far.</summary>
    public long Blocks { get; private set; }

    /// <inheritdoc/>
    public void OnBlock(in PlayoutStep step)
    {
        Blocks++;
        Add((byte)step.Operation);
        Add((uint)step.StretchedSamples);
        Add(step.RtpTimestamp);
    }

    /// <summary>The hash as 16 hexadecimal digits.</summary>
    /// <returns>Text.</returns>
    public override string ToString() => $"{Value:x16}";

    private void Add(uint value)
    {
        for (int shift = 0; shift < 32; shift += 8)
            Add((byte)(value >> shift));
    }

    private void Add(byte value) => Value = unchecked((Value ^ value) * Prime);
}
