using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

public sealed class PauseForecastTests
{
    private static readonly TimeSpan FrameTime = TimeSpan.FromMilliseconds(15);

    private readonly ManualTimeProvider _time = new();
    private readonly PauseForecast _forecast = new();

    [Fact]
    public void Reserve_NoPauses_IsNothing()
    {
        for (int i = 0; i < 10; i++)
        {
            Begin();
            Pause(0.9);
        }

        Assert.Equal(TimeSpan.Zero, _forecast.Reserve);
    }

    [Theory]
    [InlineData(2, 6)]
    [InlineData(5, 7.5)]
    [InlineData(9, 10)]
    public void Reserve_AfterAPauseInTheSameFrame_IsForALongerOneUpToTwoThirdsOfTheTime(double pauseMs, double expectedMs)
    {
        Begin();

        Pause(pauseMs);

        Assert.Equal(expectedMs, _forecast.Reserve.TotalMilliseconds, 3);
        Assert.Equal(TimeSpan.Zero, _forecast.StillExpected);
    }

    [Fact]
    public void Reserve_PausesInTwoOfFourFrames_IsKeptForTheNext()
    {
        Begin();
        Pause(8);
        Begin();
        Assert.Equal(TimeSpan.Zero, _forecast.Reserve);
        Pause(2);

        Begin();

        Assert.InRange(_forecast.Reserve.TotalMilliseconds, 7, 8);
        Assert.Equal(_forecast.Reserve, _forecast.StillExpected);
        Pause(2);
        Assert.Equal(FrameTime, _forecast.Reserve);
        for (int i = 0; i < 4; i++)
            Begin();
        Assert.Equal(TimeSpan.Zero, _forecast.Reserve);
    }

    [Fact]
    public void Reserve_AfterSecondsWithoutFrames_IsForgotten()
    {
        Begin();
        Pause(8);
        Begin();
        Pause(8);
        _time.Advance(TimeSpan.FromSeconds(4));

        Begin();

        Assert.Equal(TimeSpan.Zero, _forecast.Reserve);
        Pause(2);
        Assert.Equal(6, _forecast.Reserve.TotalMilliseconds, 3);
    }

    private void Begin()
    {
        _time.Advance(TimeSpan.FromMilliseconds(33));
        _forecast.BeginFrame(_time, _time.GetTimestamp(), FrameTime);
    }

    private void Pause(double ms)
    {
        _time.Advance(TimeSpan.FromMilliseconds(ms));
        _forecast.Add(TimeSpan.FromMilliseconds(ms), _time.GetTimestamp());
    }
}
