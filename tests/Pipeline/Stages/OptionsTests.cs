namespace RtcEnhance.Tests.Stages;

public sealed class OptionsTests
{
    [Fact]
    public void Validate_Defaults_Pass()
    {
        new BudgetOptions().Validate();
        foreach (EnhancementPreset preset in Enum.GetValues<EnhancementPreset>())
            EnhancementOptions.ForPreset(preset).Validate();
    }

    [Fact]
    public void Validate_SeveralFaults_ListsAllWithValueAndRange()
    {
        var options = new BudgetOptions { Budget = TimeSpan.Zero, Headroom = double.NaN, Window = 5, MaxBreak = TimeSpan.FromDays(1) };

        string message = Assert.Throws<ArgumentException>(options.Validate).Message;

        foreach (string part in new[] { "Budget is 00:00:00, expected 10 us to 1 s", "Headroom is NaN", "Window is 5", "MaxBreak is 1." })
            Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain("OverrunsToOpen", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_NestedFault_NamesTheStage()
    {
        var options = new EnhancementOptions
        {
            BandwidthExtension = new BudgetOptions { OverrunsToOpen = 0 },
            PlayoutDelay = PlayoutDelayOptions.Fixed(TimeSpan.FromSeconds(3)),
        };

        string message = Assert.Throws<ArgumentException>(options.Validate).Message;

        Assert.Contains("BandwidthExtension.OverrunsToOpen is 0, expected 1 to 100", message, StringComparison.Ordinal);
        Assert.Contains("PlayoutDelay.StartDelay is 00:00:03", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000.0 / 15, 16)]
    [InlineData(1000.0 / 30, 16)]
    [InlineData(20, 10)]
    [InlineData(0, 16)]
    [InlineData(0.001, 0.01)]
    public void GetSuperResolutionBudget_FrameInterval_IsHalfOfItAtMost(double intervalMs, double budgetMs)
        => Assert.Equal(
            TimeSpan.FromMilliseconds(budgetMs),
            new EnhancementOptions().GetSuperResolutionBudget(TimeSpan.FromMilliseconds(intervalMs)));

    [Fact]
    public void Defaults_Budgets_AreThoseOfTheDocumentation()
    {
        var options = new EnhancementOptions();

        Assert.Equal(TimeSpan.FromMilliseconds(2), options.Concealment.Budget);
        Assert.Equal(TimeSpan.FromMilliseconds(1), options.BandwidthExtension.Budget);
        Assert.Equal(TimeSpan.FromMilliseconds(16), options.SuperResolution.Budget);
        Assert.Equal(TimeSpan.FromMilliseconds(80), options.PlayoutDelay.StartDelay);
        Assert.Equal(TimeSpan.FromMilliseconds(40), EnhancementOptions.ForPreset(EnhancementPreset.LowDelay).PlayoutDelay.StartDelay);
        Assert.Equal(TimeSpan.FromMilliseconds(100), EnhancementOptions.ForPreset(EnhancementPreset.Quality).PlayoutDelay.StartDelay);
        Assert.Throws<ArgumentOutOfRangeException>(() => EnhancementOptions.ForPreset((EnhancementPreset)9));
    }
}
