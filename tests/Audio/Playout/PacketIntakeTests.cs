using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Playout;

public class PacketIntakeTests
{
    private const byte Pcmu = 0;
    private const byte Noise = 13;
    private const byte Red = 63;
    private const byte Events = 101;

    private readonly RedPacketizer _red = new(Red, 2);

    [Fact]
    public void Insert_NewerThanTaken_IsAcceptedOnce()
    {
        PacketIntake intake = Intake();

        Assert.Equal(InsertResult.Accepted, intake.Insert(Packet(10)));
        Assert.Equal(InsertResult.Duplicate, intake.Insert(Packet(10)));
        Assert.Equal(InsertResult.Accepted, intake.Insert(Packet(12)));
        intake.LastTaken = 11;
        Assert.Equal(InsertResult.TooLate, intake.Insert(Packet(11)));
        Assert.Equal(InsertResult.UnknownPayloadType, intake.Insert(Packet(13, payloadType: 77)));

        Assert.Equal(5, intake.Stats.PacketsReceived);
        Assert.Equal(1, intake.Stats.DuplicatePackets);
        Assert.Equal(1, intake.Stats.LatePackets);
        Assert.Equal(1, intake.Stats.PacketsDiscarded);
        Assert.Equal(1, intake.Stats.UnknownPayloadTypePackets);
    }

    [Fact]
    public void PacketsLost_AcrossStreams_IsExpectedLessReceived()
    {
        PacketIntake intake = Intake();
        foreach (int i in new[] { 10, 11, 14, 14 })
            intake.Insert(Packet(i));
        Assert.Equal(5 - 4, intake.PacketsLost);

        foreach (int i in new[] { 40_000, 40_001, 40_003 })
            intake.Insert(Packet(i, ssrc: 2));

        // The first of the new stream only announced it.
        Assert.Equal(1 + (3 - 2), intake.PacketsLost);
        Assert.Equal((2, 2u), (intake.Sources, intake.Ssrc));
    }

    [Fact]
    public void Insert_FullBuffer_FlushesAndCountsEveryPacket()
    {
        PacketIntake intake = Intake();
        for (int i = 0; i < 10; i++)
            intake.Insert(Packet(i));
        int generation = intake.Generation;

        Assert.Equal(InsertResult.Flushed, intake.Insert(Packet(10)));

        Assert.Equal((1, 10, 10L, 1L), (intake.Buffer.Count, intake.FlushedPackets, intake.Stats.PacketsDiscarded, intake.Stats.Flushes));
        Assert.NotEqual(generation, intake.Generation);
        Assert.Equal(1, intake.Sources);
    }

    [Fact]
    public void Insert_LateIntoAFullBuffer_FlushesNothing()
    {
        PacketIntake intake = Intake();
        intake.Insert(Packet(0));
        intake.Buffer.RemoveFirst();
        intake.LastTaken = 5;
        for (int i = 6; i < 16; i++)
            intake.Insert(Packet(i));

        Assert.Equal(InsertResult.TooLate, intake.Insert(Packet(3)));

        Assert.Equal((10, 0L), (intake.Buffer.Count, intake.Stats.Flushes));
    }

    [Theory]
    [InlineData(20, 75)]
    [InlineData(10, 75)]
    [InlineData(5, 37)]
    public void Insert_ShortPackets_CapTheDelayByWhatIsHeld(int packetMs, int capMs)
    {
        PacketIntake intake = Intake();
        intake.SetClockRate(Pcmu, 8000);
        intake.Delay.MinimumMs = 2000;
        for (int i = 0; i < 3; i++)
            intake.Insert(Packet(i, timestamp: (uint)(i * packetMs * 8)));

        Assert.Equal(capMs, intake.Delay.TargetMs);
    }

    [Fact]
    public void SetClockRate_PacketsThatWait_ArePlaced()
    {
        PacketIntake intake = Intake();
        intake.Insert(Packet(0));
        intake.Insert(Packet(1));
        Assert.Equal(Pcmu, intake.UnmadePayloadType);
        Assert.Equal(PacketBuffer.Entry.UnknownMediaMs, intake.Buffer[1].MediaMs);

        intake.SetClockRate(Pcmu, 8000);

        Assert.Equal((0L, 20L, -1), (intake.Buffer[0].MediaMs, intake.Buffer[1].MediaMs, intake.UnmadePayloadType));
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(0)]
    public void Insert_Redundancy_FillsBothHolesWhetherTheClockIsKnownOrNot(int clockRateHz)
    {
        PacketIntake intake = Intake();
        if (clockRateHz > 0)
            intake.SetClockRate(Pcmu, clockRateHz);
        RtpPacket[] packets = [.. Enumerable.Range(0, 6).Select(i => _red.Packetize(Packet(i)))];
        foreach (int i in new[] { 0, 1, 4, 5 })
            Assert.Equal(InsertResult.Accepted, intake.Insert(packets[i]));

        Assert.Equal([0, 1, 2, 3, 4, 5], Enumerable.Range(0, intake.Buffer.Count).Select(i => intake.Buffer[i].Sequence));
        Assert.Equal([2, 3], Enumerable.Range(0, 6).Where(i => intake.Buffer[i].IsRedundant));
        Assert.Equal((5L, 3L), (intake.Stats.FecPacketsReceived, intake.Stats.FecPacketsDiscarded));
        Assert.Equal(2, intake.PacketsLost);
    }

    [Fact]
    public void Insert_PacketAfterItsCopy_ReplacesItAndTheCopyIsDiscarded()
    {
        PacketIntake intake = Intake();
        RtpPacket[] packets = [.. Enumerable.Range(0, 3).Select(i => _red.Packetize(Packet(i)))];
        intake.Insert(packets[0]);
        intake.Insert(packets[2]);
        Assert.True(intake.Buffer[1].IsRedundant);
        long discarded = intake.Stats.FecPacketsDiscarded;

        Assert.Equal(InsertResult.Accepted, intake.Insert(packets[1]));

        Assert.False(intake.Buffer[1].IsRedundant);
        Assert.Equal(0, intake.Stats.DuplicatePackets);
        Assert.Equal(discarded + 2, intake.Stats.FecPacketsDiscarded);
    }

    [Fact]
    public void Insert_BrokenRedundancy_IsMalformedAndNothingElse()
    {
        PacketIntake intake = Intake();
        intake.Insert(Packet(0));

        Assert.Equal(InsertResult.Malformed, intake.Insert(new RtpPacket(1, 1, 160, Red, false, 0, new byte[] { 0x80, 0, 0 })));

        Assert.Equal((1L, 1), (intake.Stats.MalformedPackets, intake.Buffer.Count));
    }

    [Fact]
    public void Insert_StreamBeginsWithAnEventJustBeforeTheWrap_IsOnTheAudiosTimeLine()
    {
        PacketIntake intake = Intake();
        intake.SetClockRate(Pcmu, 8000);
        intake.Insert(new RtpPacket(1, 0, uint.MaxValue - 79, Events, true, 0, new byte[] { 5, 0x8A, 0, 80 }));
        intake.Insert(Packet(1, timestamp: 0));
        long played = intake.Buffer[0].Timestamp;

        Assert.Equal(1L << 32, played);
        intake.OnPlayed(played, 8000);
        Assert.True(intake.TryTakeEvent(out _));
    }

    [Fact]
    public void IsSilenceKnown_OnlyWhatIsNoAudioCame_IsTrue()
    {
        PacketIntake intake = Intake();
        intake.Insert(Packet(0));
        intake.Buffer.RemoveFirst();
        intake.LastTaken = 0;
        Assert.False(intake.IsSilenceKnown);

        intake.Insert(new RtpPacket(1, 1, 160, Events, true, 0, new byte[] { 5, 10, 0, 80 }));
        Assert.True(intake.IsSilenceKnown);
        intake.Insert(new RtpPacket(1, 3, 160, Events, true, 0, new byte[] { 5, 10, 0, 80 }));
        Assert.False(intake.IsSilenceKnown);
    }

    [Fact]
    public void Insert_AfterWarmUp_AllocatesNothing()
    {
        PacketIntake intake = Intake();
        intake.SetClockRate(Pcmu, 8000);
        RtpPacket[] packets =
        [
            .. Enumerable.Range(0, 800).Select(i => i % 40 == 39
                ? new RtpPacket(1, (ushort)i, (uint)(i * 160), Events, true, 0, new byte[] { 5, 0x8A, 0, 80 })
                : i % 7 == 0 ? Packet(i, Noise) : i % 3 == 0 ? Packet(i, 77) : _red.Packetize(Packet(i))),
        ];
        var missing = new ushort[16];
        int i = 0;

        AllocationAssert.None(Insert, warmUps: 200, runs: 200);

        Assert.NotEqual(0, intake.Stats.Flushes);

        void Insert()
        {
            intake.Insert(packets[i]);
            if (i % 2 == 1)
                intake.Insert(packets[i]);
            intake.Block++;
            intake.Delay.OnBlock(intake.Block);
            intake.OnPlayed(i * 160, 8000);
            intake.OnDecoded(i * 160);
            while (intake.TryTakeEvent(out _))
            {
            }

            intake.GetNackList(40, missing);
            i++;
        }
    }

    private static PacketIntake Intake() => new(new AudioReceiverOptions
    {
        Time = new ManualTimeProvider(),
        PacketBufferCapacity = 10,
        Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [Pcmu] = () => new G711Decoder(G711Law.MuLaw) },
        TelephoneEvents = new Dictionary<byte, int> { [Events] = 8000 },
        RedundantAudio = [Red],
    });

    private static RtpPacket Packet(int sequence, byte payloadType = Pcmu, uint ssrc = 1, uint? timestamp = null)
        => new(ssrc, (ushort)sequence, timestamp ?? (uint)(sequence * 160), payloadType, false, 0, new byte[160]);
}
