using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Redundancy;

public class RedPayloadTests
{
    private const byte Red = 63;

    [Fact]
    public void TryParse_ThreeBlocks_YieldsThemInPayloadOrder()
    {
        // Types 111, 111 and 0, offsets 1920 and 16383, lengths 2 and 1.
        byte[] payload = [0xEF, 0x1E, 0x00, 0x02, 0xEF, 0xFF, 0xFC, 0x01, 0x00, 1, 2, 3, 4, 5, 6];

        Assert.True(RedPayload.TryParse(Packet(payload, timestamp: 1000), out RedPayload red));

        Assert.Equal(3, red.BlockCount);
        Assert.Equal(
            ["111 @1920 4294966376: 0102", "111 @16383 4294951913: 03", "0 @0 1000 primary: 040506"],
            Blocks(red).Select(b => $"{b.PayloadType} @{b.TimestampOffset} {b.Timestamp}{(b.IsPrimary ? " primary" : "")}: {Convert.ToHexString(b.Data.Span)}"));
    }

    [Fact]
    public void TryParse_CutAtEveryByte_IsRefusedUntilTheRedundancyFits()
    {
        byte[] payload = [0xEF, 0x1E, 0x00, 0x02, 0xEF, 0x0F, 0x00, 0x01, 0x6F, 1, 2, 3, 4];

        for (int length = 0; length <= payload.Length; length++)
        {
            bool isParsed = RedPayload.TryParse(Packet(payload.AsMemory(0, length)), out RedPayload red);

            Assert.Equal(length >= 12, isParsed);
            Assert.Equal(isParsed ? 3 : 0, Blocks(red).Count);
        }
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("EF0F0001", "no primary header")]
    [InlineData("EF0F000200AA", "a block longer than the payload")]
    [InlineData("3FAABB", "redundant audio as the primary")]
    [InlineData("BF0F000100AABB", "redundant audio as a block")]
    public void TryParse_Malformed_IsRefused(string hex, string fault)
    {
        Assert.False(RedPayload.TryParse(Packet(Convert.FromHexString(hex)), out RedPayload red), fault);
        Assert.Empty(Blocks(red));
    }

    [Theory]
    [InlineData(31, true)]
    [InlineData(32, false)]
    [InlineData(10_000, false)]
    public void TryParse_ManyBlocks_TakesAtMost32(int redundant, bool expected)
    {
        byte[] payload = [.. Enumerable.Range(0, redundant).SelectMany(_ => new byte[] { 0xEF, 0, 4, 1 }), 0x6F, .. new byte[redundant]];

        Assert.Equal(expected, RedPayload.TryParse(Packet(payload), out RedPayload red));
        Assert.Equal(expected ? redundant + 1 : 0, Blocks(red).Count);
    }

    [Fact]
    public void GetEnumerator_EmptyBlocks_YieldsThePrimaryAlone()
    {
        Assert.True(RedPayload.TryParse(Packet(new byte[] { 0xEF, 0, 4, 0, 0x6F }), out RedPayload red));

        RedBlock block = Assert.Single(Blocks(red));
        Assert.True(block.IsPrimary);
        Assert.Equal(0, block.Data.Length);
    }

    [Fact]
    public void TryParse_RandomBytes_IsRefusedOrAddsUp()
        => Prop.ForAll<byte[], uint>((payload, timestamp) =>
        {
            if (!RedPayload.TryParse(Packet(payload, timestamp), out RedPayload red))
                return red.BlockCount == 0;
            List<RedBlock> blocks = Blocks(red);
            int headers = 4 * (red.BlockCount - 1) + 1;
            return headers + blocks.Sum(b => b.Data.Length) == payload.Length
                && blocks.Count(b => b.IsPrimary) == 1 && blocks[^1].IsPrimary
                && blocks.All(b => b.Timestamp == timestamp - (uint)b.TimestampOffset
                    && b.TimestampOffset is >= 0 and < 16384 && b.PayloadType is < 128 and not Red
                    && (b.Data.IsEmpty || b.Data.Span.Overlaps(payload)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Packetize_Stream_RepeatsThePayloadsBefore()
        => Prop.ForAll(Gen.Choose(0, 31).ToArbitrary(), redundancy =>
        {
            var packetizer = new RedPacketizer(Red, redundancy);
            for (int i = 0; i < 40; i++)
            {
                var packet = new RtpPacket(7, (ushort)(65530 + i), (uint)(i * 960) - 9600, 111, i == 0, i, new byte[] { (byte)i, 1 });
                RtpPacket wrapped = packetizer.Packetize(packet);
                if (!RedPayload.TryParse(wrapped, out RedPayload red) || wrapped.SequenceNumber != packet.SequenceNumber)
                    return false;
                List<RedBlock> blocks = Blocks(red);
                // An offset of more than 17 packets of 20 ms does not fit 14 bits.
                int first = Math.Max(0, i - Math.Min(redundancy, 17));
                if (!blocks.Select(b => (int)b.Data.Span[0]).SequenceEqual(Enumerable.Range(first, i - first + 1))
                    || blocks.Any(b => b.Timestamp != (uint)(b.Data.Span[0] * 960) - 9600))
                    return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryParse_AfterWarmUp_AllocatesNothing()
    {
        var packetizer = new RedPacketizer(Red, 3);
        RtpPacket packet = default;
        for (int i = 0; i < 5; i++)
            packet = packetizer.Packetize(new RtpPacket(7, (ushort)i, (uint)(i * 960), 111, false, i, new byte[100]));
        int bytes = 0;

        AllocationAssert.None(() => bytes = ReadAll(packet), warmUps: 1);

        Assert.Equal(400, bytes);
    }

    private static int ReadAll(in RtpPacket packet)
    {
        int bytes = 0;
        Assert.True(RedPayload.TryParse(packet, out RedPayload red));
        foreach (RedBlock block in red)
            bytes += block.Data.Length;
        return bytes;
    }

    private static List<RedBlock> Blocks(RedPayload red)
    {
        var blocks = new List<RedBlock>();
        foreach (RedBlock block in red)
            blocks.Add(block);
        return blocks;
    }

    private static RtpPacket Packet(ReadOnlyMemory<byte> payload, uint timestamp = 0) => new(7, 1, timestamp, Red, false, 0, payload);
}
