namespace RtcEnhance.Loopback.Report;

/// <summary>One stage against its latency budget. Thread-safe.</summary>
public sealed record StageFigures
{
    /// <summary>The stage, for example <c>concealment</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What one call handles, for example <c>10 ms block</c> or <c>frame</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>Latency budget of one call in milliseconds.</summary>
    public required double BudgetMs { get; init; }

    /// <summary>Processing time of the calls.</summary>
    public required Distribution Latency { get; init; }

    /// <summary>Calls that took longer than the budget.</summary>
    public required long DeadlineMisses { get; init; }

    /// <summary>Calls by the implementation that made the output.</summary>
    public required IReadOnlyList<NamedCount> Routes { get; init; }

    /// <summary>Calls by reason code: why the primary ran or did not.</summary>
    public required IReadOnlyList<NamedCount> Reasons { get; init; }
}
