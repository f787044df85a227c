using RtcEnhance.Testing;

namespace RtcEnhance.Video.Tests.Depacketization;

public class Av1DepacketizerTests
{
    private readonly Av1Depacketizer _depacketizer = new();

    [Theory]
    [InlineData(20)]
    [InlineData(300)]
    [InlineData(1200)]
    public void TemporalUnits_ReorderedAndDuplicated_ComeBackEqual(int mtu)
    {
        IReadOnlyList<byte[]> temporalUnits = Vectors.Av1();
        List<RtpPacket> packets = Packets(temporalUnits, mtu);
        for (int i = 2; i + 1 < packets.Count; i += 3)
            (packets[i], packets[i + 1]) = (packets[i + 1], packets[i]);

        List<AccessUnit> units = Reassemble([.. packets.SelectMany(p => new[] { p, p })]);

        // Sizes are written in four bytes and delimiters left out: equal is what a sender makes of them.
        Assert.Equal(
            Packets(temporalUnits, mtu).Select(p => Convert.ToHexString(p.Payload.Span)),
            Packets([.. units.Select(u => u.Bytes.ToArray())], mtu).Select(p => Convert.ToHexString(p.Payload.Span)));
        Assert.Equal([0, 4], units.Index().Where(u => u.Item.IsKeyFrame).Select(u => u.Index));
        Assert.All(units, u => Assert.Equal((VideoCodec.Av1, false, null), (u.Codec, u.HasGap, u.Qp)));
    }

    [Fact]
    public void PacketLost_UnitIsDroppedAndTheNextFlagged()
    {
        List<RtpPacket> packets = Packets(Vectors.Av1(), 300);
        packets.RemoveAll(p => p.Timestamp == 6000 && !p.Marker);

        List<AccessUnit> units = Reassemble(packets);

        Assert.Equal([12000u], units.Where(u => u.HasGap).Select(u => u.RtpTimestamp));
        Assert.DoesNotContain(units, u => u.RtpTimestamp == 6000);
    }

    [Theory]
    [InlineData("00 03 08 AA BB 04 30 01 02 03", "0A 82808000 AA BB 32 83808000 01 02 03")] // each with its length
    [InlineData("20 03 08 AA BB 30 01 02 03", "0A 82808000 AA BB 32 83808000 01 02 03")] // two, the last without
    [InlineData("10 32 02 01 02", "32 82808000 01 02")] // with a size field all the same
    [InlineData("10 34 55 01", "36 55 81808000 01")] // with an extension
    [InlineData("00 01 10 02 30 01", "32 81808000 01")] // a temporal delimiter in front
    public void Elements_OfOnePacket_BecomeObusWithASize(string payload, string expected)
    {
        var unit = new AccessUnit();

        Assert.True(Append(unit, payload));

        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(unit.Bytes));
        Assert.Equal(AssemblyResult.Frame, _depacketizer.Complete(unit));
    }

    [Fact]
    public void Element_OverThreePackets_IsPutTogether()
    {
        var unit = new AccessUnit();

        Assert.True(Append(unit, "50 30 01"));
        Assert.Equal(AssemblyResult.Broken, _depacketizer.Complete(unit));
        Assert.True(Append(unit, "D0 02"));
        Assert.True(Append(unit, "90 03"));

        Assert.Equal("3283808000010203", Convert.ToHexString(unit.Bytes));
        Assert.Equal(AssemblyResult.Frame, _depacketizer.Complete(unit));
    }

    [Theory]
    [InlineData("80 30 01")] // continues what did not begin
    [InlineData("10 B0 01")] // the forbidden bit
    [InlineData("00 05 30 01")] // longer than the packet
    [InlineData("00 FF FF FF FF 01")] // a length without end
    [InlineData("30 01 30 01 30")] // two elements of three
    [InlineData("10 34")] // without its extension
    public void Elements_ThatBreakTheFormat_AreRefused(string payload)
        => Assert.False(Append(new AccessUnit(), payload));

    [Theory]
    [InlineData("20 01 08 30 10", true)] // sequence header, then show_existing_frame 0 and frame_type 0
    [InlineData("20 01 08 30 30", false)]
    [InlineData("20 01 08 30 90", false)]
    [InlineData("10 30 10", false)] // no sequence header
    public void KeyFrame_IsOneThatADecoderCanBeginWith(string payload, bool isKeyFrame)
    {
        var unit = new AccessUnit();

        Assert.True(Append(unit, payload));

        Assert.Equal(AssemblyResult.Frame, _depacketizer.Complete(unit));
        Assert.Equal(isKeyFrame, unit.IsKeyFrame);
    }

    [Fact]
    public void SequenceHeaderAlone_IsNoPicture()
    {
        var unit = new AccessUnit();

        Assert.True(Append(unit, "10 08 AA"));

        Assert.Equal(AssemblyResult.NoPicture, _depacketizer.Complete(unit));
    }

    [Fact]
    public void Payload_TruncatedAnywhere_NeverThrows()
    {
        foreach (RtpPacket packet in Packets(Vectors.Av1(), 1200))
        {
            for (int length = 0; length <= packet.Payload.Length; length++)
            {
                ReadOnlySpan<byte> payload = packet.Payload.Span[..length];
                var unit = new AccessUnit();
                if (_depacketizer.TryParse(payload, out PayloadInfo info) && info.HasContent && _depacketizer.Append(payload, info, unit))
                    _depacketizer.Complete(unit);
            }
        }
    }

    private bool Append(AccessUnit unit, string hex)
    {
        byte[] payload = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.True(_depacketizer.TryParse(payload, out PayloadInfo info));
        bool appended = _depacketizer.Append(payload, info, unit);
        unit.PacketCount++;
        return appended;
    }

    private static List<RtpPacket> Packets(IReadOnlyList<byte[]> temporalUnits, int mtu)
    {
        List<RtpPacket> packets = [];
        var packetizer = new Av1Packetizer(1, maxPayloadBytes: mtu, firstSequenceNumber: 65530);
        for (int i = 0; i < temporalUnits.Count; i++)
            packetizer.Packetize(temporalUnits[i], (uint)(i * 6000), 0, packets);
        return packets;
    }

    private static List<AccessUnit> Reassemble(List<RtpPacket> packets)
    {
        var assembler = new FrameAssembler(new Av1Depacketizer(), new AccessUnitPool(0), 128, maxWaitTicks: 100);
        var units = new List<AccessUnit>();
        foreach (RtpPacket packet in packets)
            assembler.Insert(packet);
        while (assembler.TryTake(1000, out AccessUnit? unit))
            units.Add(unit!);
        return units;
    }
}
