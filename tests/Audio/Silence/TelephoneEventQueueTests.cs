using FsCheck;
using FsCheck.Fluent;

namespace RtcEnhance.Audio.Tests.Silence;

public class TelephoneEventQueueTests
{
    private const int Rate = 8000;
    private const long Start = 1L << 32;
    private const int LongestSegment = 0xFFFF;

    private readonly TelephoneEventQueue _queue = new(Rate);

    [Fact]
    public void TryTake_PressWithUpdatesAndRepeatedEnds_IsOneEvent()
    {
        for (int duration = 160; duration <= 800; duration += 160)
            _queue.Insert(Start, duration == 160, Report('5', duration));
        for (int i = 0; i < 3; i++)
            _queue.Insert(Start, false, Report('5', 960, isEnd: true));

        Assert.Equal([new() { Code = 5, VolumeDbm0 = -10, Duration = TimeSpan.FromMilliseconds(120), RtpTimestamp = 0, IsEnd = true }], TakeAll(Start));
        Assert.Empty(TakeAll(Start + Rate));
    }

    [Fact]
    public void TryTake_BeforePlayoutIsThere_Waits()
    {
        _queue.Insert(Start, true, Report('1', 400, isEnd: true));

        Assert.Empty(TakeAll(Start - 1));
        Assert.Single(TakeAll(Start));
    }

    [Fact]
    public void TryTake_EndRepeatedLate_GivesNothingMore()
    {
        _queue.Insert(Start, true, Report('1', 400, isEnd: true));
        Assert.Single(TakeAll(Start + 500));

        _queue.Insert(Start, false, Report('1', 400, isEnd: true));
        _queue.Insert(Start, false, Report('1', 240));

        Assert.Empty(TakeAll(Start + Rate));
        Assert.Equal(0, _queue.DroppedReports);
    }

    [Fact]
    public void TryTake_SameKeyTwice_IsTwoEventsWhateverIsLost()
    {
        // Of the first press the end is lost, of the second the start.
        _queue.Insert(Start, true, Report('7', 160));
        _queue.Insert(Start, false, Report('7', 320));
        _queue.Insert(Start + 1600, false, Report('7', 800, isEnd: true));

        TelephoneEvent[] events = TakeAll(Start + 1600);

        Assert.Equal([(40.0, false), (100.0, true)], events.Select(e => (e.Duration.TotalMilliseconds, e.IsEnd)));
    }

    [Fact]
    public void TryTake_EndLostAndNothingElse_IsDueHalfASecondLater()
    {
        _queue.Insert(Start, true, Report('#', 160));
        _queue.Insert(Start, false, Report('#', 320));

        Assert.Empty(TakeAll(Start + 320 + (Rate / 2) - 1));
        TelephoneEvent key = Assert.Single(TakeAll(Start + 320 + (Rate / 2)));
        Assert.Equal(('#', false), (key.Key, key.IsEnd));

        _queue.Insert(Start, false, Report('#', 480, isEnd: true));
        Assert.Empty(TakeAll(Start + (10 * Rate)));
    }

    [Fact]
    public void TryTake_EndsThatArriveInTheWrongOrder_ComeInTimeOrder()
    {
        _queue.Insert(Start + 1600, true, Report('2', 800, isEnd: true));
        _queue.Insert(Start + 3200, true, Report('3', 800, isEnd: true));
        _queue.Insert(Start, true, Report('1', 800, isEnd: true));

        Assert.Equal("123", Keys(TakeAll(Start + 4000)));
    }

    [Fact]
    public void TryTake_UnfinishedBeforeAFinished_WaitsForPlayoutToReachTheNext()
    {
        _queue.Insert(Start, true, Report('1', 800));
        _queue.Insert(Start + 1600, true, Report('2', 800, isEnd: true));

        Assert.Empty(TakeAll(Start + 1599));
        _queue.Insert(Start, false, Report('1', 960, isEnd: true));
        TelephoneEvent[] events = TakeAll(Start + 1600);

        Assert.Equal("12", Keys(events));
        Assert.All(events, e => Assert.True(e.IsEnd));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryTake_EventOfSeveralSegments_IsOne(bool isSegmentEndReceived)
    {
        // 20 s: two full segments and a rest. Each goes on where the one before ends, without a marker.
        long start = Start;
        for (int segment = 0; segment < 2; segment++, start += LongestSegment)
        {
            for (int duration = 400; duration < LongestSegment; duration += 400)
                _queue.Insert(start, segment == 0 && duration == 400, Report('0', duration));
            if (isSegmentEndReceived)
                _queue.Insert(start, false, Report('0', LongestSegment));
            Assert.Empty(TakeAll(start + LongestSegment - 400));
        }

        _queue.Insert(start, false, Report('0', 400));
        _queue.Insert(start, false, Report('0', 160_000 - (2 * LongestSegment), isEnd: true));

        TelephoneEvent held = Assert.Single(TakeAll(Start + 160_000));
        Assert.Equal((TimeSpan.FromSeconds(20), true), (held.Duration, held.IsEnd));
    }

    [Fact]
    public void Insert_SeveralEventsInAPacket_FollowOnEachOther()
    {
        byte[] payload = [.. Report('1', 400, isEnd: true), .. Report('1', 400, isEnd: true), .. Report('D', 240)];
        _queue.Insert(Start, true, payload);
        _queue.Insert(Start, true, payload);
        _queue.Insert(Start + 800, false, Report('D', 800, isEnd: true));

        TelephoneEvent[] events = TakeAll(Start + 1600);

        Assert.Equal("11D", Keys(events));
        Assert.Equal([0u, 400u, 800u], events.Select(e => e.RtpTimestamp));
        Assert.Equal([50.0, 50.0, 100.0], events.Select(e => e.Duration.TotalMilliseconds));
    }

    [Fact]
    public void Insert_OtherEvents_HaveNoKey()
    {
        _queue.Insert(Start, true, [16, 0x80, 0, 0]);

        TelephoneEvent flash = Assert.Single(TakeAll(Start));
        Assert.Equal((16, null, 0, TimeSpan.Zero), (flash.Code, flash.Key, flash.VolumeDbm0, flash.Duration));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(68)]
    [InlineData(65536)]
    public void Insert_Malformed_IsCounted(int bytes)
    {
        Assert.False(_queue.Insert(Start, true, new byte[bytes]));

        Assert.Equal(1, _queue.MalformedPayloads);
        Assert.Empty(TakeAll(Start + Rate));
    }

    [Fact]
    public void Insert_OlderThanWhatWasGivenOut_IsDropped()
    {
        _queue.Insert(Start + 1600, true, Report('2', 800, isEnd: true));
        Assert.Single(TakeAll(Start + 2000));

        _queue.Insert(Start, true, Report('1', 800, isEnd: true));

        Assert.Empty(TakeAll(Start + Rate));
        Assert.Equal(1, _queue.DroppedReports);
    }

    [Fact]
    public void Insert_MoreThanFit_KeepsTheFirst()
    {
        for (int i = 0; i < TelephoneEventQueue.Capacity + 5; i++)
            _queue.Insert(Start + (1600 * (i + 1)), true, Report('1', 800, isEnd: true));
        _queue.Insert(Start, true, Report('2', 800, isEnd: true));

        TelephoneEvent[] events = TakeAll(Start + (100 * Rate));

        Assert.Equal("2" + new string('1', TelephoneEventQueue.Capacity - 1), Keys(events));
        Assert.Equal(6, _queue.DroppedReports);
    }

    [Fact]
    public void Restart_WithEventsWaiting_GivesThemBeforeTheNextStreams()
    {
        _queue.Insert(Start, true, Report('1', 800, isEnd: true));
        TakeAll(Start);
        _queue.Insert(Start + 1600, true, Report('2', 800, isEnd: true));
        _queue.Insert(Start + 3200, true, Report('3', 800));

        _queue.Restart();
        _queue.Insert(Start, true, Report('1', 800, isEnd: true));

        Assert.Equal("23", Keys(TakeAll(Start - 1)));
        Assert.Equal("1", Keys(TakeAll(Start)));
    }

    [Fact]
    public void Restart_OldStreamsReport_BeginsAnEventOfItsOwn()
    {
        _queue.Insert(Start, true, Report('1', 400));
        _queue.Restart();
        _queue.Insert(Start, true, Report('1', 800, isEnd: true));

        TelephoneEvent[] events = TakeAll(Start);

        Assert.Equal([50, 100], events.Select(e => e.Duration.TotalMilliseconds));
        Assert.Equal([false, true], events.Select(e => e.IsEnd));
    }

    [Fact]
    public void Restart_AgainAndAgain_StaysBounded()
    {
        for (int i = 0; i < 3 * TelephoneEventQueue.Capacity; i++)
        {
            _queue.Insert(Start, true, Report('1', 800, isEnd: true));
            _queue.Restart();
        }

        Assert.Equal(TelephoneEventQueue.Capacity, TakeAll(Start - 1).Length);
        Assert.Equal(2 * TelephoneEventQueue.Capacity, _queue.DroppedReports);
        _queue.Insert(Start, true, Report('2', 800, isEnd: true));
        Assert.Equal("2", Keys(TakeAll(Start)));
    }

    [Fact]
    public void TryTake_LossReorderingAndRepeats_GivesEveryKeyOnceInOrder()
        => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var queue = new TelephoneEventQueue(Rate);
            var arrivals = new List<(int AtMs, long Timestamp, bool Marker, byte[] Payload)>();
            var expected = new List<char>();
            for (int press = 0; press < 20; press++)
            {
                char key = "0123456789*#ABCD"[random.Next(16)];
                bool isHeard = false;
                for (int packet = 0; packet < 8; packet++)
                {
                    // Five updates of 20 ms each, then the end three times; a press every 200 ms.
                    for (int copy = random.Next(10) == 0 ? 2 : 1; copy > 0 && random.Next(3) > 0; copy--)
                    {
                        isHeard = true;
                        byte[] report = Report(key, Math.Min(packet + 1, 5) * 160, isEnd: packet >= 5);
                        arrivals.Add(((press * 200) + (packet * 20) + random.Next(60), Start + (press * 1600), packet == 0, report));
                    }
                }

                if (isHeard)
                    expected.Add(key);
            }

            var taken = new List<char>();
            for (int ms = 0; ms < 6000; ms += 10)
            {
                foreach (var (_, timestamp, marker, payload) in arrivals.Where(a => a.AtMs >= ms && a.AtMs < ms + 10))
                    queue.Insert(timestamp, marker, payload);
                queue.Advance(Start + ((ms - 100) * 8));
                while (queue.TryTake(out TelephoneEvent key))
                    taken.Add(key.Key!.Value);
            }

            return taken.SequenceEqual(expected) && queue.DroppedReports == 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Insert_RandomPackets_NeverThrowsAndKeepsTheOrder()
    {
        var random = new Random(6);
        long playout = 0, last = long.MinValue;
        int taken = 0;
        for (int i = 0; i < 200_000; i++)
        {
            byte[] payload = new byte[random.Next(8) == 0 ? random.Next(100) : 4 * random.Next(4)];
            random.NextBytes(payload);
            if (payload.Length > 0)
                payload[0] &= 3;
            long around = random.Next(10) == 0 ? random.Next(-1 << 30, 1 << 30) : random.Next(-Rate, Rate);
            _queue.Insert(playout + around, random.Next(2) == 0, payload);
            playout += random.Next(160);
            _queue.Advance(playout);
            while (_queue.TryTake(out TelephoneEvent one))
            {
                taken++;
                Assert.True(one.Duration >= TimeSpan.Zero);
                long start = playout + (int)(one.RtpTimestamp - (uint)playout);
                Assert.True(start >= last, $"{start} after {last}");
                last = start;
            }
        }

        Assert.InRange(taken, 1000, 600_000);
        Assert.True(_queue.MalformedPayloads > 1000);
    }

    [Fact]
    public void Insert_AfterWarmUp_AllocatesNothing()
    {
        byte[] report = Report('1', 160, isEnd: true);
        int i = 0;

        AllocationAssert.None(Press, warmUps: 1, runs: 99);

        void Press()
        {
            _queue.Insert(Start + (i * 1600), true, report);
            _queue.Advance(Start + (i * 1600));
            while (_queue.TryTake(out _))
            {
            }

            i++;
        }
    }

    private static string Keys(IEnumerable<TelephoneEvent> events) => string.Concat(events.Select(e => e.Key));

    private static byte[] Report(char key, int duration, bool isEnd = false)
        => [(byte)"0123456789*#ABCD".IndexOf(key, StringComparison.Ordinal), (byte)(isEnd ? 0x8A : 0x0A), (byte)(duration >> 8), (byte)duration];

    private TelephoneEvent[] TakeAll(long playout)
    {
        var events = new List<TelephoneEvent>();
        _queue.Advance(playout);
        while (_queue.TryTake(out TelephoneEvent one))
            events.Add(one);
        return [.. events];
    }
}
