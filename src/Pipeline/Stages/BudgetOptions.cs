namespace RtcEnhance;

/// <summary>
/// How much time a stage's primary may take and when it is taken out of use. Read once, where a stage is built.
/// Thread-safe: immutable.
/// </summary>
public sealed class BudgetOptions
{
    /// <summary>Time that one job may take.</summary>
    /// <value>10 us to 1 s; default 2 ms.</value>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Share of the budget, and of the time left, that the predicted cost has to fit into.</summary>
    /// <value>0.1 to 1; default 0.9.</value>
    public double Headroom { get; init; } = 0.9;

    /// <summary>
    /// Overruns within <see cref="Window"/> that open the circuit. A run that takes n whole budgets counts n times, so a
    /// stall opens it at once.
    /// </summary>
    /// <value>1 to 100; default 3.</value>
    public int OverrunsToOpen { get; init; } = 3;

    /// <summary>Recent runs of the primary that the prediction and the overruns are taken from.</summary>
    /// <value>20 to 4096 runs; default 256.</value>
    public int Window { get; init; } = 256;

    /// <summary>How long the circuit stays open the first time; each further time it doubles.</summary>
    /// <value>10 ms to <see cref="MaxBreak"/>; default 1 s.</value>
    public TimeSpan FirstBreak { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Longest break. A circuit that stayed closed for as long starts again at <see cref="FirstBreak"/>.
    /// </summary>
    /// <value><see cref="FirstBreak"/> to 1 h; default 30 s.</value>
    public TimeSpan MaxBreak { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// True where a stall is to be forgotten: the prediction is the third quartile of the window, jobs that came too late
    /// belong to it, and it alone opens the circuit.
    /// </summary>
    internal bool ToleratesStalls { get; init; }

    /// <summary>
    /// True where trials are rehearsals, see <see cref="BudgetController.BeginRehearsal"/>: they do no harm, so that but for
    /// faults breaks are 0.25 s to 1.25 s at most.
    /// </summary>
    internal bool Rehearses { get; init; }

    internal static TimeSpan MinBudget => TimeSpan.FromMicroseconds(10);

    internal static TimeSpan MaxBudget => TimeSpan.FromSeconds(1);

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message lists all that are.</exception>
    public void Validate()
    {
        var faults = new OptionFaults();
        AddFaults(faults, "");
        faults.ThrowIfAny(nameof(BudgetOptions));
    }

    internal static bool IsBudget(TimeSpan value) => value >= MinBudget && value <= MaxBudget;

    internal void AddFaults(OptionFaults faults, string prefix)
    {
        faults.Require(IsBudget(Budget), prefix + nameof(Budget), Budget, "10 us to 1 s");
        faults.Require(Headroom is >= 0.1 and <= 1, prefix + nameof(Headroom), Headroom, "0.1 to 1");
        faults.Require(OverrunsToOpen is >= 1 and <= 100, prefix + nameof(OverrunsToOpen), OverrunsToOpen, "1 to 100");
        faults.Require(
            Window is >= BudgetController.WarmUpRuns and <= LatencyWindow.MaxCapacity, prefix + nameof(Window), Window, "20 to 4096");
        faults.Require(
            FirstBreak >= TimeSpan.FromMilliseconds(10) && FirstBreak <= MaxBreak, prefix + nameof(FirstBreak), FirstBreak, "10 ms to MaxBreak");
        faults.Require(MaxBreak <= TimeSpan.FromHours(1), prefix + nameof(MaxBreak), MaxBreak, "FirstBreak to 1 h");
    }
}
