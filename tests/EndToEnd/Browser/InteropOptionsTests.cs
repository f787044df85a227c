using RtcEnhance.Browser;
using RtcEnhance.Browser.Browsers;
using RtcEnhance.Loopback;

namespace RtcEnhance.EndToEnd.Tests.Browser;

public sealed class InteropOptionsTests
{
    [Fact]
    public void Parse_Nothing_IsBothBrowsersAtAllLosses()
    {
        InteropOptions options = InteropOptions.Parse([]);

        Assert.Equal([BrowserKind.Chromium, BrowserKind.Firefox], options.Browsers);
        Assert.Equal([0.0, 5, 10, 20], options.LossPercents);
    }

    [Fact]
    public void Parse_QuickAndALoss_TheLossHolds()
    {
        InteropOptions options = InteropOptions.Parse(["--loss", "5,15", "--quick", "--browser", "firefox"]);

        Assert.Equal([BrowserKind.Firefox], options.Browsers);
        Assert.Equal([5.0, 15], options.LossPercents);
        Assert.True(options.Seconds < InteropOptions.Parse([]).Seconds);
    }

    [Theory]
    [InlineData("--loss", "5,51", "51")]
    [InlineData("--browser", "opera", "opera")]
    [InlineData("--browser", "1", "chromium or firefox")]
    [InlineData("--jitter", "", "--jitter")]
    [InlineData("--speed", "1", "--speed")]
    public void Parse_WrongValue_IsNamed(string name, string value, string named)
        => Assert.Contains(named, Assert.Throws<UsageException>(() => InteropOptions.Parse([name, value])).Message, StringComparison.Ordinal);
}
