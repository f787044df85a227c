namespace RtcEnhance.Loopback.Report.Html;

/// <summary>Processing times of all stages on one logarithmic axis, each against its budget. Thread-safe.</summary>
internal sealed class LatencyChart
{
    private const int Height = 76;
    private const int BarTop = 20;

    private readonly double _low;
    private readonly double _high;

    public LatencyChart(IReadOnlyList<StageFigures> stages)
    {
        var edges = stages.SelectMany(stage => stage.Latency.Buckets.Where(bucket => bucket.Count > 0))
            .SelectMany(bucket => new[] { bucket.FromMs, bucket.ToMs })
            .Concat(stages.SelectMany(stage => new[] { stage.BudgetMs, stage.Latency.MaxMs, stage.Latency.P50Ms }))
            .Where(edge => edge > 0)
            .DefaultIfEmpty(1)
            .ToArray();
        _low = Math.Floor(Math.Log10(edges.Min()));
        _high = Math.Max(_low + 1, Math.Ceiling(Math.Log10(edges.Max()) + 0.02));
    }

    public void Render(HtmlBuilder page, StageFigures stage)
    {
        var share = stage.BudgetMs > 0 ? 100 * stage.Latency.P99Ms / stage.BudgetMs : double.NaN;
        page.Add($"""
            <div class="latency">
            <p><strong>{stage.Name}</strong><span>p99 {Units.Milliseconds(stage.Latency.P99Ms)}, {Units.Percent(share)} of the budget</span></p>
            <svg class="drawing" role="img" aria-label="Processing times of {stage.Name}: median {Units.Milliseconds(stage.Latency.P50Ms)}, p99 {Units.Milliseconds(stage.Latency.P99Ms)}, budget {Units.ShortMilliseconds(stage.BudgetMs)}">
            {Grid()}{Bars(stage)}{Budget(stage)}
            <line class="base" x1="0" x2="100%" y1="{Height}" y2="{Height}"/>
            </svg>
            </div>
            """);
    }

    public void RenderAxis(HtmlBuilder page)
    {
        var labels = string.Empty;
        for (var decade = _low; decade <= _high; decade++)
        {
            var anchor = decade == _low ? "start" : decade == _high ? "end" : "middle";
            labels += Markup.Of($"""<text x="{Percent(Math.Pow(10, decade))}%" y="14" text-anchor="{anchor}">{Units.ShortMilliseconds(Math.Pow(10, decade))}</text>""").Text;
        }

        page.Add($"""<div class="latency axis"><p></p><svg class="axis-x" aria-hidden="true">{new Markup(labels)}</svg></div>""");
    }

    private double Percent(double milliseconds)
        => 100 * (Math.Log10(Math.Max(milliseconds, 1e-9)) - _low) / (_high - _low);

    private Markup Grid()
    {
        var lines = string.Empty;
        for (var decade = _low + 1; decade < _high; decade++)
        {
            var x = Percent(Math.Pow(10, decade));
            lines += Markup.Of($"""<line class="grid" x1="{x}%" x2="{x}%" y1="{BarTop}" y2="100%"/>""").Text;
        }

        return new Markup(lines);
    }

    private Markup Bars(StageFigures stage)
    {
        var bars = string.Empty;
        var most = Math.Log10(1 + stage.Latency.Buckets.Select(bucket => bucket.Count).DefaultIfEmpty().Max());
        foreach (var bucket in stage.Latency.Buckets.Where(bucket => bucket.Count > 0))
        {
            var height = Math.Max(2, (Height - BarTop) * Math.Log10(1 + bucket.Count) / most);
            var left = Percent(bucket.FromMs);
            var kind = bucket.ToMs > stage.BudgetMs * 1.001 && bucket.FromMs >= stage.BudgetMs * 0.999 ? "bar late" : "bar";
            bars += Markup.Of($"""
                <rect class="{kind}" x="{left}%" width="{Percent(bucket.ToMs) - left}%" y="{Height - height}" height="{height}"><title>{Units.ShortMilliseconds(bucket.FromMs)} to {Units.ShortMilliseconds(bucket.ToMs)}: {Units.Count(bucket.Count)}</title></rect>
                """).Text;
        }

        return new Markup(bars);
    }

    private Markup Budget(StageFigures stage)
    {
        var x = Percent(stage.BudgetMs);
        var anchor = x > 80 ? "end" : "start";
        return Markup.Of($"""
            <line class="budget" x1="{x}%" x2="{x}%" y1="0" y2="100%"/><text class="budget-name" x="{x}%" dx="{(x > 80 ? -6 : 6)}" y="11" text-anchor="{anchor}">budget {Units.ShortMilliseconds(stage.BudgetMs)}</text>
            """);
    }
}
