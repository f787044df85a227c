using RtcEnhance.Testing;

namespace RtcEnhance.Video.Tests.Depacketization;

public class Vp9DepacketizerTests
{
    private readonly Vp9Depacketizer _depacketizer = new();

    [Theory]
    [InlineData(20)]
    [InlineData(300)]
    [InlineData(1200)]
    public void Frames_ReorderedAndDuplicated_ComeBackEqual(int mtu)
    {
        IReadOnlyList<byte[]> frames = Vectors.Vp9();
        List<RtpPacket> packets = Packets(frames, mtu);
        for (int i = 2; i + 1 < packets.Count; i += 3)
            (packets[i], packets[i + 1]) = (packets[i + 1], packets[i]);

        List<AccessUnit> units = Reassemble([.. packets.SelectMany(p => new[] { p, p })]);

        Assert.Equal(frames.Select(Convert.ToHexString), units.Select(u => Convert.ToHexString(u.Bytes)));
        Assert.Equal([0, 4], units.Index().Where(u => u.Item.IsKeyFrame).Select(u => u.Index));
        Assert.All(units, u => Assert.Equal((VideoCodec.Vp9, false, null), (u.Codec, u.HasGap, u.Qp)));
    }

    [Fact]
    public void PacketLost_FrameIsDroppedAndTheNextFlagged()
    {
        List<RtpPacket> packets = Packets(Vectors.Vp9(), 300);
        packets.RemoveAll(p => p.Timestamp == 6000 && !p.Marker);

        List<AccessUnit> units = Reassemble(packets);

        Assert.Equal(7, units.Count);
        Assert.Equal([12000u], units.Where(u => u.HasGap).Select(u => u.RtpTimestamp));
    }

    [Fact]
    public void TryParse_EveryField_LeavesTheFrame()
    {
        // I, P, L, F, B and V set; picture 0x1234; layer T1 S0; two references; two sizes; a group of two pictures.
        byte[] descriptor = [0b1111_1010, 0x92, 0x34, 0b001_0_000_0, 0b0000011_1, 0b0000101_0, 0b001_1_1_000, 1, 64, 0, 180, 2, 128, 1, 104, 2, 0b000_0_01_00, 1, 0b001_0_10_00, 1, 2];

        Assert.True(_depacketizer.TryParse([.. descriptor, 0x82], out PayloadInfo info));
        Assert.False(_depacketizer.TryParse(descriptor, out _));

        Assert.Equal((descriptor.Length, 0x1234, 15, 1, -1), (info.DescriptorBytes, info.PictureId, info.PictureIdBits, info.TemporalLayer, info.BaseLayerIndex));
        Assert.True(info.StartsFrame && info.HasContent);
    }

    [Theory]
    [InlineData(0b0010_1000, 0b000_0_001_1, false)] // an upper spatial layer continues the picture
    [InlineData(0b0010_1000, 0b000_0_000_0, true)]
    [InlineData(0b0010_0000, 0b000_0_000_0, false)]
    public void TryParse_Layers_OnlyTheLowestBeginsAPicture(int flags, int layers, bool starts)
    {
        Assert.True(_depacketizer.TryParse([(byte)flags, (byte)layers, 7, 0x82], out PayloadInfo info));

        Assert.Equal((starts, 7, 3), (info.StartsFrame, info.BaseLayerIndex, info.DescriptorBytes));
    }

    [Fact]
    public void IsContinuous_PictureIdOrBaseLayerGoesOn_IsTrue()
    {
        PayloadInfo Info(int id, int bits, int layer, int index)
            => new() { PictureId = id, PictureIdBits = bits, TemporalLayer = layer, BaseLayerIndex = index };

        Assert.True(_depacketizer.IsContinuous(Info(127, 7, -1, -1), Info(0, 7, -1, -1)));
        Assert.True(_depacketizer.IsContinuous(Info(32767, 15, -1, -1), Info(0, 15, -1, -1)));
        Assert.False(_depacketizer.IsContinuous(Info(5, 15, -1, -1), Info(7, 15, -1, -1)));
        Assert.True(_depacketizer.IsContinuous(Info(5, 15, 0, 255), Info(7, 15, 0, 0)));
        Assert.False(_depacketizer.IsContinuous(Info(5, 15, 0, 9), Info(7, 15, 1, 9)));
        Assert.False(_depacketizer.IsContinuous(Info(-1, 0, -1, -1), Info(-1, 0, -1, -1)));
    }

    [Theory]
    [InlineData(0b10_00_0_0_1_0, true)] // profile 0, shown, a key frame
    [InlineData(0b10_00_0_1_1_0, false)]
    [InlineData(0b10_00_1_0_0_0, false)] // shows an earlier one again
    [InlineData(0b10_11_0_0_0_1, true)] // profile 3 and its reserved bit
    [InlineData(0b10_11_0_0_1_1, false)]
    public void Complete_HeadersFirstBits_TellKeyFrames(int first, bool isKeyFrame)
    {
        var unit = new AccessUnit();
        unit.Append([(byte)first, 0x49]);

        Assert.Equal(AssemblyResult.Frame, _depacketizer.Complete(unit));
        Assert.Equal(isKeyFrame, unit.IsKeyFrame);
        unit.Overwrite(0, [(byte)(first & 0x3F)]);
        Assert.Equal(AssemblyResult.Broken, _depacketizer.Complete(unit));
    }

    [Fact]
    public void Payload_TruncatedAnywhere_NeverThrows()
    {
        foreach (RtpPacket packet in Packets(Vectors.Vp9(), 1200))
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

    private static List<RtpPacket> Packets(IReadOnlyList<byte[]> frames, int mtu)
    {
        List<RtpPacket> packets = [];
        var packetizer = new Vp9Packetizer(1, maxPayloadBytes: mtu, firstSequenceNumber: 65530);
        for (int i = 0; i < frames.Count; i++)
            packetizer.Packetize(frames[i], i % 4 == 0, (uint)(i * 6000), 0, packets);
        return packets;
    }

    private static List<AccessUnit> Reassemble(List<RtpPacket> packets)
    {
        var assembler = new FrameAssembler(new Vp9Depacketizer(), new AccessUnitPool(0), 128, maxWaitTicks: 100);
        var units = new List<AccessUnit>();
        foreach (RtpPacket packet in packets)
            assembler.Insert(packet);
        while (assembler.TryTake(1000, out AccessUnit? unit))
            units.Add(unit!);
        return units;
    }
}
