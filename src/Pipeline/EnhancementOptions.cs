namespace RtcEnhance;

/// <summary>
/// The default budgets and delays of the whole receive path, in one place. Read once, where a receiver is built.
/// Thread-safe: immutable.
/// </summary>
public sealed class EnhancementOptions
{
    /// <summary>Budget of loss concealment per 10 ms block.</summary>
    /// <value>Default 2 ms.</value>
    public BudgetOptions Concealment { get; init; } = new() { Budget = TimeSpan.FromMilliseconds(2) };

    /// <summary>Budget of bandwidth extension per 10 ms block.</summary>
    /// <value>Default 1 ms.</value>
    public BudgetOptions BandwidthExtension { get; init; } = new() { Budget = TimeSpan.FromMilliseconds(1) };

    /// <summary>
    /// Budget of super-resolution per picture; half the frame interval where that is shorter, see
    /// <see cref="GetSuperResolutionBudget"/>. The library's own steps end a picture in time whatever it costs: they are
    /// taken out of use when more than a quarter of the last 20 were too slow, and are tried again after 1.25 s at most.
    /// </summary>
    /// <value>Default 16 ms.</value>
    public BudgetOptions SuperResolution { get; init; } = new() { Budget = TimeSpan.FromMilliseconds(16), Window = 128 };

    /// <summary>How long audio waits for late packets.</summary>
    /// <value>See <see cref="PlayoutDelayOptions"/>.</value>
    public PlayoutDelayOptions PlayoutDelay { get; init; } = new();

    /// <summary>The options of a preset.</summary>
    /// <param name="preset">The preset.</param>
    /// <returns>Valid options.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="preset"/> is not one of the presets.</exception>
    public static EnhancementOptions ForPreset(EnhancementPreset preset)
    {
        switch (preset)
        {
            case EnhancementPreset.Balanced:
                return new EnhancementOptions();
            case EnhancementPreset.Quality:
                return new EnhancementOptions { PlayoutDelay = new() { Quantile = 0.99, StartDelay = TimeSpan.FromMilliseconds(100) } };
            case EnhancementPreset.LowDelay:
                return new EnhancementOptions
                {
                    PlayoutDelay = new() { Quantile = 0.9, StartDelay = TimeSpan.FromMilliseconds(40) },
                    SuperResolution = new() { Budget = TimeSpan.FromMilliseconds(8), Window = 128 },
                };
            default:
                Throw.OutOfRange(nameof(preset), preset, "A preset is Balanced, Quality or LowDelay.");
                return null;
        }
    }

    /// <summary>Time for one picture: the smaller of the budget and half the frame interval.</summary>
    /// <param name="frameInterval">Time between two pictures; zero or less where it is not known.</param>
    /// <returns>The budget, at least 10 us.</returns>
    public TimeSpan GetSuperResolutionBudget(TimeSpan frameInterval)
    {
        TimeSpan half = frameInterval / 2;
        if (frameInterval <= TimeSpan.Zero || half > SuperResolution.Budget)
            return SuperResolution.Budget;
        return half < BudgetOptions.MinBudget ? BudgetOptions.MinBudget : half;
    }

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message lists all that are.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Concealment);
        ArgumentNullException.ThrowIfNull(BandwidthExtension);
        ArgumentNullException.ThrowIfNull(SuperResolution);
        ArgumentNullException.ThrowIfNull(PlayoutDelay);
        var faults = new OptionFaults();
        Concealment.AddFaults(faults, $"{nameof(Concealment)}.");
        BandwidthExtension.AddFaults(faults, $"{nameof(BandwidthExtension)}.");
        SuperResolution.AddFaults(faults, $"{nameof(SuperResolution)}.");
        PlayoutDelay.AddFaults(faults, $"{nameof(PlayoutDelay)}.");
        faults.ThrowIfAny(nameof(EnhancementOptions));
    }
}
