using RtcEnhance.Audio;

namespace RtcEnhance.Tests.Audio.Playout;

public sealed class NackTrackerTests
{
    private const int Rate = 8000;
    private const int PacketTicks = 160;

    private readonly NackTracker _tracker = new();
    private readonly ushort[] _list = new ushort[NackTracker.Window];
    private long _now;

    [Fact]
    public void Loss_WithTimeLeft_IsListedOldestFirst()
    {
        Receive(0, 1, 2, 5, 6, 8, 9, 10, 11);
        Decoded(0);

        Assert.Equal<ushort>([3, 4, 7], List(roundTripMs: 39));
    }

    [Fact]
    public void Loss_BeforeAnythingIsDecoded_IsNotListed()
    {
        Receive(0, 5, 6, 7, 8);

        Assert.Empty(List(10));
    }

    [Fact]
    public void Loss_ThatARoundTripCannotBring_IsNotListed()
    {
        Receive(0, 1, 3, 4, 6, 7, 8, 9);
        Decoded(1);

        // Decoding goes on at packet 2: packet 5 is due in 60 ms.
        Assert.Equal<ushort>([5], List(59));
        Assert.Empty(List(60));
    }

    [Fact]
    public void TimeToPlay_ShrinksAsDecodingGoesOn()
    {
        Receive(0, 1, 2, 3, 4, 6, 7, 8, 9);
        Decoded(0);
        Assert.Equal<ushort>([5], List(79));

        Pass(1000);
        Decoded(1);
        Assert.Empty(List(79));
        Assert.Equal<ushort>([5], List(50));
    }

    [Fact]
    public void PacketsOvertaken_ByAFewPlaces_AreNotAskedFor()
    {
        Receive(0);
        Decoded(0);
        for (long i = 1; i < 60; i += 3)
        {
            foreach (long sequence in (long[])[i + 2, i, i + 1])
            {
                Receive(sequence);
                Assert.Empty(List(1));
            }

            Pass(19);
            Assert.Empty(List(1));
        }
    }

    [Fact]
    public void Loss_BehindLongPackets_IsAskedForByTime()
    {
        _tracker.OnPacket(0, 0, Rate, _now);
        _tracker.OnPacket(1, 960, Rate, _now);
        _tracker.OnPacket(3, 3 * 960, Rate, _now);
        _tracker.OnDecoded(0, 960);
        Assert.Empty(List(50));

        Pass(NackTracker.ReorderMs);
        Assert.Equal<ushort>([2], List(50));
    }

    [Fact]
    public void Request_ForTheSamePacket_IsRepeatedOncePerRoundTrip()
    {
        Receive(0, 20, 21, 22, 23);
        Decoded(0);
        Assert.Equal(17, List(25).Length);

        Pass(24);
        Assert.Empty(List(25));
        Pass(1);
        Assert.Equal(17, List(25).Length);
    }

    [Fact]
    public void RoundTrip_NotKnown_IsTakenFor100Ms()
    {
        Receive(0, 10, 11, 12, 13);
        Decoded(0);

        Assert.Equal<ushort>([7, 8, 9], List(0));
    }

    [Fact]
    public void Retransmission_Arriving_TakesThePacketOffTheList()
    {
        Receive(0, 1, 4, 5, 6, 7);
        Decoded(0);
        Receive(2, 2);

        Assert.Equal<ushort>([3], List(10));
    }

    [Fact]
    public void Destination_TooShort_KeepsTheRestForNextTime()
    {
        Receive(0, 6, 7, 8, 9);
        Decoded(0);

        Assert.Equal(2, _tracker.GetNackList(5, _now, _list.AsSpan(0, 2)));
        Assert.Equal<ushort>([4, 5], List(5));
        Assert.Equal(0, _tracker.GetNackList(5, _now + 100, []));
    }

    [Theory]
    [InlineData(65_532)]
    [InlineData(65_533)]
    [InlineData(-3)]
    [InlineData((65_536L * 70_000) - 3)]
    public void Loss_AcrossTheWrap_IsListed(long first)
    {
        Receive(first, first + 1, first + 4, first + 5, first + 6, first + 7);
        Decoded(first);

        Assert.Equal([(ushort)(first + 2), (ushort)(first + 3)], List(5));
    }

    [Fact]
    public void Jump_OfThousands_IsNoLoss()
    {
        Receive(0, 2, 3, 4);
        Decoded(0);
        Receive(5000, 5001, 5002);
        Assert.Empty(List(5));

        Receive(5004, 5005, 5006, 5007);
        Assert.Equal<ushort>([5003], List(5));
    }

    [Fact]
    public void Burst_OfAsMuchAsTheWindow_IsBounded()
    {
        Receive(0, NackTracker.Window, NackTracker.Window + 40);
        Decoded(0);
        Pass(100);

        ushort[] list = List(5);
        Assert.Equal(NackTracker.Window - 2, list.Length);
        Assert.Equal(41, list[0]);
        Assert.DoesNotContain((ushort)NackTracker.Window, list);
    }

    [Fact]
    public void Silence_InAContiguousSequence_IsNoLoss()
    {
        Receive(0, 1);
        _tracker.OnPacket(2, 400 * PacketTicks, Rate, _now);
        _tracker.OnPacket(3, 401 * PacketTicks, Rate, _now);
        Decoded(0);
        Pass(100);

        Assert.Empty(List(5));
    }

    [Fact]
    public void Loss_BesideASilence_IsTakenForTheEarliest()
    {
        Receive(0, 1);
        _tracker.OnPacket(3, 400 * PacketTicks, Rate, _now);
        Decoded(0);
        Pass(100);

        // Packet 2 may be the one right behind packet 1, due in 20 ms.
        Assert.Equal<ushort>([2], List(19));
        Assert.Empty(List(20));
    }

    [Fact]
    public void ClockRate_Changed_StartsAnew()
    {
        Receive(0, 1, 5, 6, 7, 8);
        Decoded(0);
        _tracker.OnPacket(9, 48_000, 48_000, _now);

        Assert.Empty(List(5));
        for (int i = 1; i < 6; i++)
            _tracker.OnPacket(10 + i, 48_000 + ((1 + i) * 960), 48_000, _now);
        _tracker.OnDecoded(9, 48_960 - 960);
        Assert.Equal<ushort>([10], List(19));
    }

    [Fact]
    public void Reset_ForgetsTheStream()
    {
        Receive(0, 5, 6, 7, 8);
        Decoded(0);
        _tracker.Reset();

        Assert.Empty(List(5));
        Receive(3, 4);
        Decoded(3);
        Pass(100);
        Assert.Empty(List(5));
    }

    [Fact]
    public void List_OfRandomTraffic_IsThatOfASetOfWhatIsMissing()
    {
        var random = new Random(5);
        var seen = new HashSet<long> { 0 };
        long newest = 0;
        Receive(0);
        for (int step = 0; step < 3000; step++)
        {
            long sequence = newest + (random.Next(20) == 0 ? random.Next(1, 40) : random.Next(-60, 3));
            if (sequence < 0)
                continue;
            Receive(sequence);
            seen.Add(sequence);
            newest = Math.Max(newest, sequence);
            long decoded = Math.Max(0, newest - 100);
            Decoded(decoded);
            Pass(1000);

            var expected = new List<ushort>();
            for (long s = decoded + 1; s < newest; s++)
            {
                if (!seen.Contains(s) && (s - decoded - 1) * 20 > 200)
                    expected.Add((ushort)s);
            }

            Assert.Equal(expected, List(200));
        }
    }

    [Fact]
    public void Traffic_OfAnyKind_AllocatesNothing()
    {
        long sequence = 0;

        AllocationAssert.None(
            () =>
            {
                sequence += 3;
                Receive(sequence, sequence + 20, sequence + 9000);
                Decoded(sequence);
                _tracker.GetNackList(5, _now, _list);
                _tracker.Reset();
            },
            runs: 100);
    }

    private void Receive(params ReadOnlySpan<long> sequences)
    {
        foreach (long sequence in sequences)
            _tracker.OnPacket(sequence, sequence * PacketTicks, Rate, _now);
    }

    private void Decoded(long sequence) => _tracker.OnDecoded(sequence, (sequence + 1) * PacketTicks);

    private void Pass(int ms) => _now += ms;

    private ushort[] List(int roundTripMs) => _list[.._tracker.GetNackList(roundTripMs, _now, _list)];
}
