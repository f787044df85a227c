namespace RtcEnhance.Audio.Tests.Playout;

public class MediaClockTests
{
    [Theory]
    [InlineData(8000, 160, 20)]
    [InlineData(48000, 960, 20)]
    [InlineData(48000, 5760, 120)]
    [InlineData(8000, 80, 10)]
    public void Map_SteadyStream_CountsItsMilliseconds(int clockRateHz, int ticks, int ms)
    {
        var clock = new MediaClock();

        for (int i = 0; i < 1000; i++)
            Assert.Equal((long)i * ms, clock.Map(i, (long)i * ticks, clockRateHz, (long)i * ms));
        Assert.Equal(ms, clock.PacketMs);
    }

    [Theory]
    [InlineData(120, 48000)]
    [InlineData(1003, 44100)]
    public void Map_PacketsOfFractionsOfAMillisecond_DoNotDrift(int ticks, int clockRateHz)
    {
        var clock = new MediaClock();
        for (long i = 0; i < 100_000; i++)
            Assert.Equal(i * ticks * 1000 / clockRateHz, clock.Map(i, i * ticks, clockRateHz, i * ticks * 1000 / clockRateHz));
    }

    [Fact]
    public void Map_G722_CountsAtItsClockOf8000()
    {
        // 320 samples of 16 kHz, 160 ticks (RFC 3551 section 4.5.2).
        var clock = new MediaClock();

        Assert.Equal(0, clock.Map(1, 5000, 8000, 0));
        Assert.Equal(20, clock.Map(2, 5160, 8000, 20));
    }

    [Fact]
    public void Map_Reordered_GoesToItsPlaceAndChangesNothing()
    {
        var clock = new MediaClock();
        clock.Map(0, 0, 8000, 0);
        clock.Map(3, 480, 8000, 60);

        Assert.Equal(20, clock.Map(1, 160, 8000, 70));
        Assert.Equal(80, clock.Map(4, 640, 8000, 80));
    }

    [Theory]
    [InlineData(72_000)]
    [InlineData(-72_000)]
    [InlineData(5000)]
    public void Map_JumpThatNothingExplains_Continues(long jump)
    {
        var clock = new MediaClock();
        for (int i = 0; i < 10; i++)
            clock.Map(i, i * 160, 8000, i * 20);

        for (int i = 10; i < 20; i++)
            Assert.Equal(i * 20, clock.Map(i, (i * 160) + jump, 8000, i * 20));
    }

    [Fact]
    public void Map_Pause_IsExplainedByTheArrival()
    {
        var clock = new MediaClock();
        clock.Map(0, 0, 8000, 0);
        clock.Map(1, 160, 8000, 20);

        Assert.Equal(7000, clock.Map(2, 7000 * 8, 8000, 7040));
    }

    [Fact]
    public void Map_LongLoss_IsExplainedByTheSequence()
    {
        var clock = new MediaClock();
        clock.Map(0, 0, 8000, 0);
        clock.Map(1, 160, 8000, 20);

        // 100 packets are lost, and the one after them was held back for 3 s.
        Assert.Equal(2040, clock.Map(102, 102 * 160, 8000, 5040));
    }

    [Theory]
    [InlineData(-400)]
    [InlineData(-1)]
    public void Map_TimestampsThatGoBackwards_DoNotTakeTheTimeLineBack(int stepMs)
    {
        var clock = new MediaClock();
        clock.Map(0, 0, 8000, 0);
        clock.Map(1, 160, 8000, 20);

        long before = 20;
        for (int i = 2; i < 100; i++)
        {
            long ms = clock.Map(i, 160 + (i * stepMs * 8L), 8000, i * 20);
            Assert.InRange(ms, before, before + 20);
            before = ms;
        }
    }

    [Fact]
    public void Map_FrozenTimestamps_NeverLeaveTheSequenceByMoreThanAJump()
    {
        var clock = new MediaClock();
        clock.Map(0, 0, 8000, 0);
        clock.Map(1, 160, 8000, 20);

        for (int i = 2; i < 200; i++)
            Assert.InRange(clock.Map(i, 160, 8000, i * 20), 20, i * 20);
    }

    [Fact]
    public void Map_ChangeOfClockRate_ContinuesWhereThePacketBeforeEnded()
    {
        var clock = new MediaClock();
        for (int i = 0; i < 10; i++)
            clock.Map(i, i * 160, 8000, i * 20);

        for (int i = 10; i < 20; i++)
            Assert.Equal(i * 20, clock.Map(i, 9_000_000 + (i * 960), 48000, i * 20));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void Map_RatesThatAlternate_StayOnOneTimeLine(int rates)
    {
        // Each rate with a counter of its own, as two payload types of one sender have; the length of a packet is known.
        int[] clockRates = [8000, 48000, 16000, 32000, 44100, 90000];
        var clock = new MediaClock();
        for (int i = 0; i < 3000; i++)
        {
            int kind = i < 3 ? 0 : i % rates;
            int rate = clockRates[kind];
            Assert.Equal(i * 20, clock.Map(i, (7_000_000L * kind) + (i * 20L * rate / 1000), rate, i * 20), 2.0);
        }
    }

    [Fact]
    public void Map_UnwrappedAcrossTheWrap_GoesOn()
    {
        var clock = new MediaClock();
        long start = (1L << 32) - 480;
        for (int i = 0; i < 10; i++)
            Assert.Equal(i * 20, clock.Map(65530 + i, start + (i * 160), 8000, i * 20));
    }

    [Fact]
    public void Reset_ThenMap_StartsAtZero()
    {
        var clock = new MediaClock();
        clock.Map(0, 0, 8000, 0);
        clock.Map(1, 160, 8000, 20);

        clock.Reset();

        Assert.Equal(0, clock.PacketMs);
        Assert.Equal(0, clock.Map(9, 77_777, 8000, 5000));
    }
}
