using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Rtp;

public sealed class RtpPacketParseTests
{
    /// <summary>Marker, type 96, sequence 0x1234, one CSRC, a one-byte extension with two elements, payload 1 2 3, padding 2.</summary>
    private static readonly byte[] Golden =
    [
        0xB1, 0xE0, 0x12, 0x34, 0x01, 0x02, 0x03, 0x04, 0xAA, 0xBB, 0xCC, 0xDD,
        0x00, 0x00, 0x00, 0x07,
        0xBE, 0xDE, 0x00, 0x02, 0x10, 0xFF, 0x00, 0x31, 0x05, 0x06, 0x00, 0x00,
        1, 2, 3, 0, 2,
    ];

    [Fact]
    public void TryParse_GoldenPacket_ReadsEveryField()
    {
        Assert.True(RtpPacket.TryParse(Golden, 42, out RtpPacket packet));

        Assert.Equal(0xAABBCCDDu, packet.Ssrc);
        Assert.Equal(0x1234, packet.SequenceNumber);
        Assert.Equal(0x01020304u, packet.Timestamp);
        Assert.Equal(96, packet.PayloadType);
        Assert.True(packet.Marker);
        Assert.Equal(42, packet.ArrivalTimestamp);
        Assert.Equal([1, 2, 3], packet.Payload.ToArray());
        Assert.Equal(30, packet.HeaderBytes);
        Assert.Equal(0xBEDE, packet.ExtensionProfile);
        Assert.Equal(["1:FF", "3:0506"], Elements(packet.HeaderExtensions));
    }

    [Fact]
    public void TryParse_CutAtEveryByte_IsRefusedOrConsistent()
    {
        for (int length = 0; length < Golden.Length; length++)
        {
            bool isParsed = RtpPacket.TryParse(Golden.AsMemory(0, length), 0, out RtpPacket packet);

            if (length < 28)
                Assert.False(isParsed);
            else if (isParsed)
                Assert.Equal(length, packet.HeaderBytes + packet.Payload.Length);
            else
                Assert.Equal(default, packet.Payload);
        }
    }

    [Theory]
    [InlineData("00 60 0001 00000001 00000002", "version 0")]
    [InlineData("40 60 0001 00000001 00000002", "version 1")]
    [InlineData("C0 60 0001 00000001 00000002", "version 3")]
    [InlineData("80 C8 0001 00000001 00000002", "RTCP sender report")]
    [InlineData("80 DF 0001 00000001 00000002", "RTCP type 223")]
    [InlineData("A0 60 0001 00000001 00000002 01 00", "padding of 0")]
    [InlineData("A0 60 0001 00000001 00000002 01 03", "padding over the payload")]
    [InlineData("8F 60 0001 00000001 00000002 00000000", "15 sources announced")]
    [InlineData("90 60 0001 00000001 00000002 BEDE", "extension header cut")]
    [InlineData("90 60 0001 00000001 00000002 BEDEFFFF", "extension cut")]
    public void TryParse_Malformed_IsRefused(string hex, string why)
        => Assert.False(RtpPacket.TryParse(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), 0, out _), why);

    [Theory]
    [InlineData("80 60 0001 00000001 00000002")]
    [InlineData("A0 60 0001 00000001 00000002 00 02")]
    [InlineData("80 BF 0001 00000001 00000002")]
    [InlineData("80 E0 0001 00000001 00000002")]
    [InlineData("80 48 0001 00000001 00000002")]
    public void TryParse_EmptyPayloadAtTheEdgesOfTheRtcpRange_IsAccepted(string hex)
    {
        Assert.True(RtpPacket.TryParse(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), 0, out RtpPacket packet));
        Assert.True(packet.Payload.IsEmpty);
    }

    [Fact]
    public void TryParse_OfBuilt_IsThePacketAgain()
        => Prop.ForAll<uint, ushort, byte[]>((ssrc, sequence, payload) =>
        {
            var random = new Random((int)ssrc ^ sequence);
            uint timestamp = (uint)random.NextInt64(1L << 32);
            byte type = (byte)random.Next(128);
            byte[] extension = new byte[4 * random.Next(4)];
            random.NextBytes(extension);
            uint[] csrcs = new uint[random.Next(16)];
            byte padding = (byte)random.Next(256);
            var sent = new RtpPacket(
                ssrc, sequence, timestamp, type, marker: type is < 64 or > 95 && random.Next(2) == 0, 7, payload,
                extensionProfile: extension.Length > 0 ? (ushort)0xBEDE : (ushort)0, extension: extension);

            byte[] datagram = RtpDatagram.Build(sent, csrcs, padding);

            return RtpPacket.TryParse(datagram, 7, out RtpPacket got)
                && (got.Ssrc, got.SequenceNumber, got.Timestamp, got.PayloadType, got.Marker, got.ArrivalTimestamp, got.ExtensionProfile)
                    == (sent.Ssrc, sent.SequenceNumber, sent.Timestamp, sent.PayloadType, sent.Marker, 7, sent.ExtensionProfile)
                && got.Payload.Span.SequenceEqual(payload)
                && got.Extension.Span.SequenceEqual(extension)
                && got.HeaderBytes == datagram.Length - payload.Length;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryParse_RandomDatagrams_NeverThrowsAndAddsUp()
    {
        (int packets, int reports) = RtpFuzz.Run(10_000, seed: 1);

        Assert.InRange(packets, 1_000, 9_000);
        Assert.InRange(reports, 50, 5_000);
    }

    [Fact]
    public void TryParse_AndReadingExtensions_AllocatesNothing()
    {
        byte[] datagram = Golden;
        int elements = 0;

        AllocationAssert.None(() =>
        {
            RtpPacket.TryParse(datagram, 0, out RtpPacket packet);
            elements = 0;
            foreach (RtpHeaderExtension element in packet.HeaderExtensions)
                elements += element.Id;
        });

        Assert.Equal(1 + 3, elements);
    }

    [Theory]
    [InlineData(0xBEDE, "10AA", "1:AA")]
    [InlineData(0xBEDE, "0000 10AA 00", "1:AA")]
    [InlineData(0xBEDE, "10AA F0BB 20CC", "1:AA")]
    [InlineData(0xBEDE, "10AA 03BBBBBBBB 20CC", "1:AA")]
    [InlineData(0xBEDE, "10AA 22BB", "1:AA")]
    [InlineData(0xBEDE, "EF000102030405060708090A0B0C0D0E0F", "14:000102030405060708090A0B0C0D0E0F")]
    [InlineData(0x1000, "0100 0F02AABB", "1: 15:AABB")]
    [InlineData(0x100F, "00 FF01CC 00", "255:CC")]
    [InlineData(0x1000, "0101AA 02", "1:AA")]
    [InlineData(0x1000, "0101AA 0205AA", "1:AA")]
    [InlineData(0x1010, "0101AA", "")]
    [InlineData(0xBEDE, "", "")]
    public void HeaderExtensions_AnyForm_AreReadUntilTheyAreMalformed(int profile, string hex, string expected)
    {
        byte[] data = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

        Assert.Equal(expected, string.Join(' ', Elements(new RtpHeaderExtensions((ushort)profile, data))));
    }

    private static List<string> Elements(RtpHeaderExtensions extensions)
    {
        var elements = new List<string>();
        foreach (RtpHeaderExtension element in extensions)
            elements.Add($"{element.Id}:{Convert.ToHexString(element.Data)}");
        return elements;
    }
}
