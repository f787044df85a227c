using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Testing;

namespace RtcEnhance.Video.Tests.Depacketization;

public class ReassemblyTests
{
    private const long WaitTicks = 100;

    [Fact]
    public void Vp8_AnyFramesAndMtuReorderedAndDuplicated_ComeBackEqual()
        => Prop.ForAll<int>(seed => RoundTrip(seed, isVp8: true)).QuickCheckThrowOnFailure();

    [Fact]
    public void H264_AnyFramesAndMtuReorderedAndDuplicated_ComeBackEqual()
        => Prop.ForAll<int>(seed => RoundTrip(seed, isVp8: false)).QuickCheckThrowOnFailure();

    [Fact]
    public void Vp8_TruncatedAnywhere_NeverThrows()
    {
        foreach (byte[] frame in Vectors.Vp8())
            TruncateEverywhere(new Vp8Depacketizer(), Packets(frame, isVp8: true));
    }

    [Fact]
    public void H264_TruncatedAnywhere_NeverThrows()
    {
        foreach (byte[] unit in Vectors.H264("h264-high-qp30.h264"))
            TruncateEverywhere(new H264Depacketizer(), Packets(unit, isVp8: false));
    }

    [Fact]
    public void Vp8_ConstantQuantizer_IsRead()
    {
        List<AccessUnit> units = Reassemble(Vectors.Vp8(), isVp8: true);

        Assert.Equal(8, units.Count);
        Assert.Equal(2, units.Count(u => u.IsKeyFrame));
        Assert.All(units, u => Assert.Equal(25, u.Qp));
        Assert.All(units.Where(u => u.IsKeyFrame), u => Assert.Equal((176, 144), (u.Width, u.Height)));
    }

    [Theory]
    [InlineData("h264-baseline-qp30.h264")]
    [InlineData("h264-high-qp30.h264")]
    public void H264_ConstantQp_IsRead(string file)
    {
        List<AccessUnit> units = Reassemble(Vectors.H264(file), isVp8: false);

        Assert.Equal(8, units.Count);
        Assert.Equal(2, units.Count(u => u.IsKeyFrame));
        Assert.All(units, u => Assert.Equal(u.IsKeyFrame ? 27 : 30, u.Qp));
    }

    [Fact]
    public void H264_IdrWithoutParameterSets_GetsTheLatestOnes()
    {
        IReadOnlyList<byte[]> frames = Vectors.H264("h264-baseline-qp30.h264");
        byte[] bareIdr = WithoutSets(frames[4]);

        List<AccessUnit> units = Reassemble([frames[0], frames[1], bareIdr], isVp8: false);

        Assert.True(units[2].IsKeyFrame);
        Assert.Equal(7, units[2].Bytes[4] & 0x1F);
        Assert.EndsWith(Convert.ToHexString(bareIdr), Convert.ToHexString(units[2].Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Insert_LossInsideAFrame_DropsItAndFlagsTheNext()
    {
        List<RtpPacket> packets = [];
        var packetizer = new Vp8Packetizer(1, maxPayloadBytes: 300);
        IReadOnlyList<byte[]> frames = Vectors.Vp8();
        for (int i = 0; i < 3; i++)
            packetizer.Packetize(frames[i], (uint)(i * 6000), i * 33, packets);
        RtpPacket torn = packets.First(p => p.Timestamp == 6000 && !p.Marker);
        packets.Remove(torn);

        var assembler = Assembler(new Vp8Depacketizer());
        var units = new List<AccessUnit>();
        foreach (RtpPacket packet in packets)
        {
            assembler.Insert(packet);
            Take(assembler, packet.ArrivalTimestamp, units);
        }

        Assert.Single(units);
        Take(assembler, 66 + WaitTicks, units);
        Assert.Equal(2, units.Count);
        Assert.True(units[1].HasGap);
        Assert.Equal(12000u, units[1].RtpTimestamp);
        Assert.Equal(1, assembler.FramesDropped);
    }

    [Fact]
    public void Insert_LostPadding_IsNoGapWherePictureIdsContinue()
    {
        var packetizer = new Vp8Packetizer(1, firstSequenceNumber: 65535);
        List<RtpPacket> packets = [];
        packetizer.Packetize(new byte[100], 0, 0, packets);
        packets[0] = Renumber(packets[0], 65534, Delta(packets[0]));
        packetizer.Packetize(new byte[100], 3000, 33, packets);
        packets[1] = Renumber(packets[1], 0, Delta(packets[1]));

        var assembler = Assembler(new Vp8Depacketizer());
        var units = new List<AccessUnit>();
        foreach (RtpPacket packet in packets)
            assembler.Insert(packet);
        Take(assembler, 1000, units);

        Assert.Equal(2, units.Count);
        Assert.False(units[1].HasGap);
    }

    [Fact]
    public void Insert_StrayAndRestartedSequenceNumbers_LoseOnlyTheStray()
    {
        var assembler = Assembler(new Vp8Depacketizer());
        var units = new List<AccessUnit>();

        Assert.Equal(InsertResult.Accepted, assembler.Insert(Single(100, 0)));
        Assert.Equal(InsertResult.TooLate, assembler.Insert(Single(20000, 3000)));
        Assert.Equal(InsertResult.Accepted, assembler.Insert(Single(101, 6000)));
        Assert.Equal(InsertResult.Duplicate, assembler.Insert(Single(101, 6000)));
        Assert.Equal(InsertResult.TooLate, assembler.Insert(Single(40000, 9000)));
        Assert.Equal(InsertResult.Flushed, assembler.Insert(Single(40001, 12000)));
        Take(assembler, 0, units);

        Assert.Equal(12000u, units[^1].RtpTimestamp);
        Assert.True(units[^1].HasGap);
    }

    private static RtpPacket Single(ushort sequence, uint timestamp)
        => new(1, sequence, timestamp, 96, true, 0, new byte[] { 0x10, 1, 0, 0, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5 });

    private static byte[] Delta(in RtpPacket packet)
    {
        byte[] payload = packet.Payload.ToArray();
        payload[4] |= 1;
        return payload;
    }

    private static RtpPacket Renumber(in RtpPacket p, ushort sequence, byte[] payload)
        => new(p.Ssrc, sequence, p.Timestamp, p.PayloadType, p.Marker, p.ArrivalTimestamp, payload);

    private static FrameAssembler Assembler(IDepacketizer depacketizer) => new(depacketizer, new AccessUnitPool(0), 128, WaitTicks);

    private static void Take(FrameAssembler assembler, long now, List<AccessUnit> units)
    {
        while (assembler.TryTake(now, out AccessUnit? unit))
            units.Add(unit!);
    }

    private static List<RtpPacket> Packets(byte[] frame, bool isVp8)
    {
        List<RtpPacket> packets = [];
        if (isVp8)
            new Vp8Packetizer(1).Packetize(frame, 0, 0, packets);
        else
            new H264Packetizer(1).Packetize(frame, 0, 0, packets);
        return packets;
    }

    private static void TruncateEverywhere(IDepacketizer depacketizer, List<RtpPacket> packets)
    {
        foreach (RtpPacket packet in packets)
        {
            for (int length = 0; length <= packet.Payload.Length; length++)
            {
                ReadOnlySpan<byte> payload = packet.Payload.Span[..length];
                var unit = new AccessUnit();
                if (!depacketizer.TryParse(payload, out PayloadInfo info) || !info.HasContent)
                    continue;
                if (depacketizer.Append(payload, info, unit))
                    depacketizer.Complete(unit);
                Assert.True(unit.Length <= length + 4096);
            }
        }
    }

    private static List<AccessUnit> Reassemble(IReadOnlyList<byte[]> frames, bool isVp8)
    {
        List<RtpPacket> packets = [];
        var vp8 = new Vp8Packetizer(1);
        var h264 = new H264Packetizer(1);
        for (int i = 0; i < frames.Count; i++)
        {
            if (isVp8)
                vp8.Packetize(frames[i], (uint)(i * 6000), 0, packets);
            else
                h264.Packetize(frames[i], (uint)(i * 6000), 0, packets);
        }

        var assembler = Assembler(isVp8 ? new Vp8Depacketizer() : new H264Depacketizer());
        var units = new List<AccessUnit>();
        foreach (RtpPacket packet in packets)
        {
            Assert.Equal(InsertResult.Accepted, assembler.Insert(packet));
            Take(assembler, 0, units);
        }

        return units;
    }

    private static byte[] WithoutSets(byte[] unit)
    {
        int idr = unit.AsSpan().IndexOf((ReadOnlySpan<byte>)[0, 0, 0, 1, 0x65]);
        return unit[idr..];
    }

    private static bool RoundTrip(int seed, bool isVp8)
    {
        var random = new Random(seed);
        int mtu = random.Next(12, 1400);
        ushort start = (ushort)random.Next(65536);
        var vp8 = new Vp8Packetizer(1, maxPayloadBytes: mtu, firstSequenceNumber: start);
        var h264 = new H264Packetizer(1, maxPayloadBytes: mtu, firstSequenceNumber: start);
        List<RtpPacket> packets = [];
        List<byte[]> frames = [];
        for (int i = 0; i < 12; i++)
        {
            byte[] body = new byte[random.Next(20, 1 + (mtu * random.Next(1, 12)) + 20)];
            random.NextBytes(body);
            for (int b = 0; b < body.Length; b++)
                body[b] |= 4; // no start code inside
            byte[] frame = isVp8 ? [(byte)(body[0] | 1), .. body[1..]] : [0, 0, 0, 1, 0x41, 0x80, .. body];
            frames.Add(frame);
            if (isVp8)
                vp8.Packetize(frame, (uint)(i * 3000), 0, packets);
            else
                h264.Packetize(frame, (uint)(i * 3000), 0, packets);
        }

        // The first packet stays first: an assembler joins a stream where it sees it.
        List<RtpPacket> shuffled = [.. packets.Skip(1).Select((p, i) => (p, key: i + (random.NextDouble() * 12))).OrderBy(x => x.key).Select(x => x.p)];
        shuffled.Insert(0, packets[0]);
        var assembler = Assembler(isVp8 ? new Vp8Depacketizer() : new H264Depacketizer());
        var units = new List<AccessUnit>();
        foreach (RtpPacket packet in shuffled)
        {
            bool isNew = assembler.Insert(packet) == InsertResult.Accepted;
            Take(assembler, 0, units);
            if (!isNew || (random.Next(5) == 0 && assembler.Insert(packet) != InsertResult.Duplicate))
                return false;
        }

        return units.Count == frames.Count && units.Zip(frames).All(x => x.First.Bytes.SequenceEqual(x.Second) && !x.First.HasGap);
    }
}
