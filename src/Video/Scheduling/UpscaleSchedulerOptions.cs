namespace RtcEnhance.Video;

/// <summary>
/// How much processor time the streams of one <see cref="UpscaleScheduler"/> share, and how fast it changes its mind.
/// Read once, where the scheduler is made. Thread-safe: immutable.
/// </summary>
public sealed class UpscaleSchedulerOptions
{
    /// <summary>Time that all streams' enlarging may take together, per unit of time: 1 is one core, all of the time.</summary>
    /// <value>0.01 to 64 cores; default 1.</value>
    public double CpuBudget { get; init; } = 1;

    /// <summary>Longest time between two plans; what cannot wait is planned at once.</summary>
    /// <value>10 ms to 10 s; default 250 ms.</value>
    public TimeSpan PlanInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long there must be room for a better step before a stream gets it; a worse one it gets at once.</summary>
    /// <value>0 to 1 min; default 1 s.</value>
    public TimeSpan RaiseDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Share of the budget that must stay free when a stream gets a better step, so that it may keep it.</summary>
    /// <value>0 to 0.5; default 0.1.</value>
    public double Hysteresis { get; init; } = 0.1;

    /// <summary>The clock.</summary>
    /// <value>Default the system's.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message lists all that are.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Time);
        var faults = new OptionFaults();
        faults.Require(CpuBudget is >= 0.01 and <= 64, nameof(CpuBudget), CpuBudget, "0.01 to 64 cores");
        faults.Require(
            PlanInterval >= TimeSpan.FromMilliseconds(10) && PlanInterval <= TimeSpan.FromSeconds(10), nameof(PlanInterval), PlanInterval, "10 ms to 10 s");
        faults.Require(RaiseDelay >= TimeSpan.Zero && RaiseDelay <= TimeSpan.FromMinutes(1), nameof(RaiseDelay), RaiseDelay, "0 to 1 min");
        faults.Require(Hysteresis is >= 0 and <= 0.5, nameof(Hysteresis), Hysteresis, "0 to 0.5");
        faults.ThrowIfAny(nameof(UpscaleSchedulerOptions));
    }
}
