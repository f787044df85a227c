using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Timing;

public sealed class PlayoutClockTests
{
    /// <summary>Sender's wall clock at second 0: an NTP time of our days, with its top bit set.</summary>
    private const double Epoch = 3_950_000_000;

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void TryGetWallTime_BeforeAnyReport_IsFalse()
    {
        var clock = new PlayoutClock(_time, 48_000);

        Assert.False(clock.TryGetWallTime(0, out _));
        Assert.False(clock.AddSenderReport(new RtcpSenderReport { Ssrc = 1, NtpTimestamp = 0, RtpTimestamp = 5 }));
        Assert.Equal(0, clock.SkewPpm);
    }

    [Fact]
    public void TryGetWallTime_OneReport_CountsAtTheNominalRateAcrossTheWrap()
    {
        var clock = new PlayoutClock(_time, 48_000);
        clock.AddSenderReport(Report(10, uint.MaxValue - 47_999));

        AssertWall(clock, 0, 11);
        AssertWall(clock, uint.MaxValue - 47_999 - 48_000, 9);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    [InlineData(0)]
    public void AddSenderReport_DriftAndJitter_FindsTheSkewAcrossTheWrap(double ppm)
    {
        var random = new Random(3);
        var clock = new PlayoutClock(_time, 90_000);
        double rate = 90_000 * (1 + (ppm * 1e-6));
        double second = 0;
        for (int i = 0; i < 40; i++)
        {
            second = 5 * i;
            uint rtp = unchecked((uint)(long)(4_290_000_000 + (second * rate)));
            Assert.True(clock.AddSenderReport(Report(second + ((random.NextDouble() - 0.5) * 0.001), rtp)));
        }

        Assert.InRange(clock.SkewPpm, ppm - 10, ppm + 10);
        uint later = unchecked((uint)(long)(4_290_000_000 + ((second + 2) * rate)));
        AssertWall(clock, later, second + 2, toleranceMs: 1);
    }

    [Fact]
    public void AddSenderReport_DuplicateOrLate_IsIgnored()
    {
        var clock = new PlayoutClock(_time, 8_000);
        Assert.True(clock.AddSenderReport(Report(10, 80_000)));
        Assert.True(clock.AddSenderReport(Report(15, 120_000)));

        Assert.False(clock.AddSenderReport(Report(15, 120_000)));
        Assert.False(clock.AddSenderReport(Report(10, 80_000)));
        AssertWall(clock, 128_000, 16);
    }

    [Theory]
    [InlineData(3_600)]
    [InlineData(-3_600)]
    public void AddSenderReport_WallClockStepped_StartsAnew(double step)
    {
        var clock = new PlayoutClock(_time, 8_000);
        for (int i = 0; i < 5; i++)
            clock.AddSenderReport(Report(5 * i, (uint)(40_000 * i)));

        Assert.True(clock.AddSenderReport(Report(25 + step, 200_000)));

        AssertWall(clock, 208_000, 26 + step);
        Assert.Equal(0, clock.SkewPpm);
    }

    [Fact]
    public void AddSenderReport_TimestampJumped_StartsAnew()
    {
        var clock = new PlayoutClock(_time, 8_000);
        clock.AddSenderReport(Report(0, 1_000_000));
        clock.AddSenderReport(Report(5, 10));

        AssertWall(clock, 8_010, 6);
    }

    [Fact]
    public void TryGetOffset_VideoPlayedLater_IsPositive()
    {
        var audio = new PlayoutClock(_time, 48_000);
        var video = new PlayoutClock(_time, 90_000);
        audio.AddSenderReport(Report(100, 5_000));
        Assert.False(PlayoutClock.TryGetOffset(audio, video, out _));
        video.AddSenderReport(Report(102, 7_000));

        // Captured at second 103 both; the sound is heard at 1.060 s, the picture seen at 1.110 s.
        audio.ReportPlayout(5_000 + (3 * 48_000), 10_600_000);
        video.ReportPlayout(7_000 + (1 * 90_000), 11_100_000);

        Assert.True(PlayoutClock.TryGetOffset(audio, video, out TimeSpan offset));
        Assert.Equal(50, offset.TotalMilliseconds, 0.01);
        Assert.True(PlayoutClock.TryGetOffset(video, audio, out offset));
        Assert.Equal(-50, offset.TotalMilliseconds, 0.01);

        video.Reset();
        Assert.False(PlayoutClock.TryGetOffset(audio, video, out _));
    }

    [Fact]
    public void EstimatedPlayoutTimestamp_IsExtrapolated()
    {
        var clock = new PlayoutClock(_time, 48_000);
        Assert.Null(clock.EstimatedPlayoutTimestamp);
        clock.AddSenderReport(Report(100, 5_000));
        Assert.Null(clock.EstimatedPlayoutTimestamp);

        clock.ReportPlayout(5_000 + 48_000, 0);
        _time.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Equal(Epoch + 101.25, clock.EstimatedPlayoutTimestamp!.Value.TotalSeconds, 0.0001);
        clock.Reset();
        Assert.Null(clock.EstimatedPlayoutTimestamp);
    }

    [Fact]
    public void SetClockRate_BeforeThePlayout_KeepsTheNewestReport()
    {
        var clock = new PlayoutClock(_time, 48_000);
        clock.AddSenderReport(Report(100, 5_000));
        clock.AddSenderReport(Report(105, 45_000));

        clock.SetClockRate(8_000);

        AssertWall(clock, 53_000, 106);
        Assert.Equal(0, clock.SkewPpm);
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.SetClockRate(0));
    }

    [Fact]
    public void SetClockRate_InTheCall_KeepsTheDelayUntilTheNextReport()
    {
        var audio = new PlayoutClock(_time, 8_000);
        var video = new PlayoutClock(_time, 90_000);
        audio.AddSenderReport(Report(0, 0));
        video.AddSenderReport(Report(0, 0));
        audio.ReportPlayout(8_000, 11_000_000);
        video.ReportPlayout(90_000, 11_300_000);

        audio.SetClockRate(8_000);
        Assert.True(audio.TryGetWallTime(8_000, out _));
        audio.SetClockRate(16_000);
        audio.ReportPlayout(17_000, 12_000_000);

        Assert.False(audio.TryGetWallTime(16_000, out _));
        Assert.True(PlayoutClock.TryGetOffset(audio, video, out TimeSpan offset));
        Assert.Equal(30, offset.TotalMilliseconds, 0.01);

        audio.AddSenderReport(Report(2, 1_000_000));
        audio.ReportPlayout(1_016_000, 31_200_000);
        Assert.True(PlayoutClock.TryGetOffset(audio, video, out offset));
        Assert.Equal(10, offset.TotalMilliseconds, 0.01);
    }

    [Fact]
    public void ReportPlayout_Always_AllocatesNothing()
    {
        var clock = new PlayoutClock(_time, 48_000);
        clock.AddSenderReport(Report(1, 1));

        AllocationAssert.None(() => clock.ReportPlayout(480, 100_000));
    }

    [Fact]
    public void Constructor_ClockRateOutOfRange_Throws()
        => Assert.Throws<ArgumentOutOfRangeException>(() => new PlayoutClock(_time, 1_000_001));

    private static RtcpSenderReport Report(double second, uint rtp)
        => new() { Ssrc = 1, NtpTimestamp = (ulong)((Epoch + second) * 4294967296.0), RtpTimestamp = rtp };

    private static void AssertWall(PlayoutClock clock, uint rtp, double second, double toleranceMs = 0.01)
    {
        Assert.True(clock.TryGetWallTime(rtp, out TimeSpan wall));
        Assert.Equal(second * 1000, (wall - TimeSpan.FromSeconds(Epoch)).TotalMilliseconds, toleranceMs);
    }
}
