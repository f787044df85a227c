namespace RtcEnhance.Benchmarks.Soak;

/// <summary>What is wrong with an injected stage.</summary>
public enum StageFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Every run takes two and a half budgets.</summary>
    OverBudget,

    /// <summary>Every run throws.</summary>
    Throws,

    /// <summary>One run takes 200 ms; the next ones are as always.</summary>
    StallsOnce,

    /// <summary>Every run takes 2 s.</summary>
    Hangs,
}
