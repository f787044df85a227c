using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Testing;

namespace RtcEnhance.EndToEnd.Tests.Captures;

public class CaptureReaderTests
{
    private static readonly byte[][] Datagrams = [[0x80, 0, 0, 1, 9, 9, 9], [0x80, 0, 0, 2], [0x80, 0, 0, 3, 5]];

    [Fact]
    public void Read_RtpDump_GivesDatagramsAtTheirOffsets()
    {
        byte[] rtcp = [0x80, 201, 0, 1, 0, 0, 0, 1];

        Capture capture = Read(CaptureFiles.RtpDumpRecords([(7, 7, Datagrams[0]), (27, 4, Datagrams[1]), (40, 0, rtcp), (47, 100, Datagrams[2])]));

        Assert.Equal([Datagrams[0], Datagrams[1], rtcp], capture.Packets.Select(packet => packet.Datagram.ToArray()));
        Assert.Equal([0, 20, 33], capture.Packets.Select(packet => packet.Time.TotalMilliseconds));
        Assert.Equal(1, capture.DamagedPackets);
        Assert.False(capture.IsCut);
    }

    [Theory]
    [InlineData(CaptureFiles.Ethernet)]
    [InlineData(CaptureFiles.LinuxCooked)]
    [InlineData(CaptureFiles.LinuxCooked2)]
    [InlineData(CaptureFiles.RawIp)]
    [InlineData(CaptureFiles.BsdLoopback)]
    public void Read_EachContainerAndLinkType_GivesTheDatagrams(int linkType)
    {
        foreach (byte[][] ip in (byte[][][])[[.. Datagrams.Select(d => CaptureFiles.Ipv4(d))], [.. Datagrams.Select(d => CaptureFiles.Ipv6(d))]])
        {
            (int, byte[])[] frames = [.. ip.Select((packet, i) => (20 * i, CaptureFiles.Frame(linkType, packet)))];
            foreach (bool isBigEndian in (bool[])[false, true])
            {
                AssertIsWhole(Read(CaptureFiles.Pcap(linkType, frames, isBigEndian)));
                AssertIsWhole(Read(CaptureFiles.Pcap(linkType, frames, isBigEndian, isNanoseconds: true)));
                AssertIsWhole(Read(CaptureFiles.Pcapng(linkType, frames, isBigEndian)));
                AssertIsWhole(Read(CaptureFiles.Pcapng(linkType, frames, isBigEndian, resolution: 9)));
            }
        }
    }

    [Theory]
    [InlineData(CaptureFiles.Ethernet)]
    [InlineData(CaptureFiles.LinuxCooked)]
    public void Read_VlanTag_IsPassedOver(int linkType)
        => AssertIsWhole(Read(CaptureFiles.Pcap(linkType, Datagrams.Select((d, i) => (20 * i, CaptureFiles.Frame(linkType, CaptureFiles.Ipv4(d), hasVlanTag: true))))));

    [Fact]
    public void Read_WhatIsNoWholeDatagram_IsCountedByKind()
    {
        byte[] whole = CaptureFiles.Ipv4(Datagrams[0]);
        byte[][] packets =
        [
            whole,
            CaptureFiles.Ipv4(Datagrams[0], fragment: 0x2000),
            CaptureFiles.Ipv4(Datagrams[0], fragment: 0x0010),
            CaptureFiles.Ipv6(Datagrams[0], fragment: 0x0001),
            CaptureFiles.Ipv6(Datagrams[0], fragment: 0),
            CaptureFiles.Ipv4(Datagrams[0], protocol: 6),
            [0x10, 0, 0],
            whole[..^1],
            whole[..19],
            [],
        ];

        Capture capture = Read(CaptureFiles.Pcap(CaptureFiles.RawIp, packets.Select(packet => (0, packet))));

        Assert.Equal(
            (2, 3, 3, 2),
            (capture.Packets.Count, capture.FragmentedPackets, capture.DamagedPackets, capture.OtherPackets));
    }

    [Fact]
    public void Read_CutAtEveryByte_SaysSoOrGivesWhatIsThere()
    {
        foreach (byte[] whole in Examples())
        {
            Capture all = Read(whole);
            int before = 0;
            for (int length = 0; length < whole.Length; length++)
            {
                try
                {
                    Capture cut = Read(whole[..length]);
                    Assert.InRange(cut.Packets.Count, before, all.Packets.Count);
                    Assert.True(cut.IsCut || cut.Packets.Count < all.Packets.Count);
                    before = cut.Packets.Count;
                }
                catch (MediaFormatException fault)
                {
                    Assert.Equal(0, before);
                    Assert.InRange(fault.Offset, 0, length);
                    Assert.StartsWith("name, byte ", fault.Message, StringComparison.Ordinal);
                }
            }

            Assert.Equal(all.Packets.Count - 1, before);
        }
    }

    [Fact]
    public void Read_MutatedFile_NeverFailsOtherwise()
    {
        byte[][] examples = [.. Examples()];
        var random = new Random(3);
        int read = 0, refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] file = [.. examples[round % examples.Length]];
            for (int i = random.Next(1, 5); i > 0; i--)
                file[random.Next(file.Length)] = random.Next(3) == 0 ? (byte)0xFF : (byte)random.Next(256);
            try
            {
                Capture capture = Read(file);
                Assert.All(capture.Packets, packet => Assert.InRange(packet.Datagram.Length, 0, file.Length));
                read++;
            }
            catch (MediaFormatException fault)
            {
                Assert.InRange(fault.Offset, 0, file.Length);
                refused++;
            }
        }

        Assert.InRange(read, 1000, 19_000);
        Assert.InRange(refused, 1000, 19_000);
    }

    [Fact]
    public void Read_AnyBytesBehindAHeader_NeverFailsOtherwise()
    {
        byte[][] headers = [CaptureFiles.RtpDump(), CaptureFiles.Pcap(CaptureFiles.Ethernet, []), CaptureFiles.Pcapng(CaptureFiles.RawIp, []), []];

        Prop.ForAll<byte[]>(noise =>
        {
            foreach (byte[] header in headers)
            {
                try
                {
                    Read([.. header, .. noise]);
                }
                catch (MediaFormatException)
                {
                }
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Read_AnyDatagram_ComesBackFromEveryFormat()
        => Prop.ForAll<byte[]>(datagram =>
        {
            (int, byte[])[] frames = [(0, CaptureFiles.Frame(CaptureFiles.Ethernet, CaptureFiles.Ipv4(datagram)))];
            byte[][] files = [CaptureFiles.Pcap(CaptureFiles.Ethernet, frames), CaptureFiles.Pcapng(CaptureFiles.Ethernet, frames), CaptureFiles.RtpDump((0, datagram))];
            return files.All(file => Read(file).Packets.Single().Datagram.Span.SequenceEqual(datagram));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", 0, "found nothing")]
    [InlineData("4F676753", 0, "an rtpdump, pcap or pcapng file, found 0x4F676753")]
    [InlineData("A1B2C3D4000200040000000000000000000000000000007F", 20, "found 127")]
    [InlineData("A1B2C3D400020004000000000000000000000000000000010000000000000000FFFFFFFFFFFFFFFF", 32, "at most 262144 bytes, found 4294967295")]
    [InlineData("0A0D0D0A0000001C000000000001000000000000000000000000001C", 8, "a byte-order magic")]
    public void Read_Fault_NamesFileOffsetAndWhatItFound(string hex, int offset, string expected)
    {
        var fault = Assert.Throws<MediaFormatException>(() => Read(Convert.FromHexString(hex)));

        Assert.StartsWith($"name, byte {offset}:", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    private static Capture Read(byte[] file) => CaptureReader.Read(file, "name");

    private static IEnumerable<byte[]> Examples()
    {
        (int, byte[])[] frames = [.. Datagrams.Select((d, i) => (20 * i, CaptureFiles.Frame(CaptureFiles.Ethernet, i == 1 ? CaptureFiles.Ipv6(d) : CaptureFiles.Ipv4(d), i == 2)))];
        yield return CaptureFiles.RtpDump(Datagrams.Select((d, i) => (20 * i, d)));
        yield return CaptureFiles.Pcap(CaptureFiles.Ethernet, frames, isBigEndian: true);
        yield return CaptureFiles.Pcapng(CaptureFiles.Ethernet, frames, resolution: 9);
    }

    private static void AssertIsWhole(Capture capture)
    {
        Assert.Equal(Datagrams, capture.Packets.Select(packet => packet.Datagram.ToArray()));
        Assert.All(capture.Packets.Select((packet, i) => packet.Time.TotalMilliseconds - (20 * i)), error => Assert.InRange(error, -0.001, 0.001));
        Assert.Equal((0, 0, 0, false), (capture.FragmentedPackets, capture.DamagedPackets, capture.OtherPackets, capture.IsCut));
    }
}
