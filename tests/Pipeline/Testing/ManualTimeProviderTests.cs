using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Testing;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Advance_Always_MovesTimestampAndUtcTogether()
    {
        DateTimeOffset start = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromMilliseconds(2.5));

        Assert.Equal(25_000, _time.GetTimestamp());
        Assert.Equal(TimeSpan.FromMilliseconds(2.5), _time.GetUtcNow() - start);
        Assert.Equal(TimeSpan.FromMilliseconds(2.5), _time.GetElapsedTime(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.Advance(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public void Advance_OverTimers_FiresThemInOrderAtTheirTimes()
    {
        var fired = new List<string>();
        using ITimer periodic = _time.CreateTimer(
            _ => fired.Add($"p{_time.Elapsed.TotalMilliseconds}"), null, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(20));
        using ITimer once = _time.CreateTimer(
            _ => fired.Add($"o{_time.Elapsed.TotalMilliseconds}"), null, TimeSpan.FromMilliseconds(15), Timeout.InfiniteTimeSpan);
        using ITimer never = _time.CreateTimer(
            _ => fired.Add("n"), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromMilliseconds(40));
        periodic.Dispose();
        _time.Advance(TimeSpan.FromMilliseconds(40));

        Assert.Equal(["p10", "o15", "p30"], fired);
        Assert.Equal(TimeSpan.FromMilliseconds(80), _time.Elapsed);
        Assert.False(periodic.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void Advance_WhileAnotherThreadSetsTimers_PassesNoneBy()
    {
        const int Timers = 1500;
        long advances = 0;
        int late = 0;
        var setter = new Thread(() =>
        {
            for (int n = 0; n < Timers; n++)
            {
                long firedIn = 0;
                long before = _time.GetTimestamp();
                using ITimer timer = _time.CreateTimer(_ => Volatile.Write(ref firedIn, advances), null, TimeSpan.FromTicks(1), Timeout.InfiniteTimeSpan);
                bool isDueNext = _time.GetTimestamp() == before;
                SpinWait.SpinUntil(() => Volatile.Read(ref firedIn) != 0);
                if (isDueNext && firedIn != before + 1)
                    late++;
            }
        });
        setter.Start();
        while (setter.IsAlive)
        {
            // Advance n moves the clock from n - 1 to n.
            advances++;
            _time.Advance(TimeSpan.FromTicks(1));
        }

        Assert.Equal(0, late);
    }

    [Fact]
    public void Deadline_OnTheClock_PassesWhenItsTickIsReached()
    {
        Deadline deadline = Deadline.After(_time, TimeSpan.FromMilliseconds(3));

        Assert.Equal(TimeSpan.FromMilliseconds(3), deadline.Remaining());
        _time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.False(deadline.HasPassed);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(deadline.HasPassed);
        Assert.Equal(TimeSpan.MaxValue, Deadline.None.Remaining());
        Assert.False(Deadline.None.HasPassed);
    }
}
