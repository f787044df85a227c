namespace RtcEnhance.Audio;

/// <summary>The plans for one division into bands: designed once, with the first stream, and shared by all. Thread-safe.</summary>
internal sealed class ExtensionPlans
{
    private static readonly int[] CutoffsHz = [8000, 7000, 6000, 4000, 3400];

    private readonly Lazy<ExtensionPlan[]> _plans;

    /// <summary>Plans for all cut-offs that are looked for.</summary>
    /// <param name="edgesHz">Edges of the bands that have a gain each.</param>
    public ExtensionPlans(double[] edgesHz) => _plans = new Lazy<ExtensionPlan[]>(() => [.. CutoffsHz.Select(cutoff => new ExtensionPlan(cutoff, edgesHz))]);

    /// <summary>The plans, that of the widest content first. Designs them where nobody has.</summary>
    public ReadOnlySpan<ExtensionPlan> All => _plans.Value;

    /// <summary>The plan for a cut-off; null where nothing is missing.</summary>
    public ExtensionPlan? Find(int cutoffHz)
    {
        foreach (var plan in All)
        {
            if (plan.CutoffHz == cutoffHz)
                return plan;
        }

        return null;
    }
}
