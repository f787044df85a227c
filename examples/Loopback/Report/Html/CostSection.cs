namespace RtcEnhance.Loopback.Report.Html;

/// <summary>What the stages cost in time, and the call in processor time. Thread-safe.</summary>
internal static class CostSection
{
    public static void Render(HtmlBuilder page, DemoReport report)
    {
        page.Add($"""
            <section id="cost">
            <h2>What it cost</h2>
            <p class="intro">Each stage has a latency budget. When the primary is predicted to exceed it, the fallback runs and gives its reason.</p>
            <figure>
            """);
        var chart = new LatencyChart(report.Stages);
        foreach (var stage in report.Stages)
            chart.Render(page, stage);
        chart.RenderAxis(page);
        page.Add($"""
            <figcaption>Processing time of every call, measured around the stage with the call's own clock; on the virtual clock a stage takes no time. Ten bars a decade; heights are logarithmic, so that a single slow call shows.</figcaption>
            </figure>
            <div class="scroll" tabindex="0" role="region" aria-label="Stages">
            <table>
            <thead><tr><th scope="col">Stage</th><th scope="col" class="number">Calls</th><th scope="col" class="number">p50</th><th scope="col" class="number">p95</th><th scope="col" class="number">p99</th><th scope="col" class="number">Longest</th><th scope="col" class="number">Budget</th><th scope="col" class="number">Misses</th><th scope="col">Made by</th><th scope="col">Reason</th></tr></thead>
            <tbody>
            """);
        foreach (var stage in report.Stages)
        {
            page.Add($"""
                <tr><th scope="row">{stage.Name}<small>per {stage.Unit}</small></th><td class="number">{Units.Count(stage.Latency.Count)}</td><td class="number">{Units.Milliseconds(stage.Latency.P50Ms)}</td><td class="number">{Units.Milliseconds(stage.Latency.P95Ms)}</td><td class="number">{Units.Milliseconds(stage.Latency.P99Ms)}</td><td class="number">{Units.Milliseconds(stage.Latency.MaxMs)}</td><td class="number">{Units.ShortMilliseconds(stage.BudgetMs)}</td><td class="number">{Units.Count(stage.DeadlineMisses)}</td><td>{Counts(stage.Routes)}</td><td>{Counts(stage.Reasons)}</td></tr>
                """);
        }

        page.Add($"""
            </tbody>
            </table>
            </div>
            """);
        if (report.Cpu.Count > 0)
            Processor(page, report.Cpu);
        page.Add($"</section>");
    }

    private static void Processor(HtmlBuilder page, IReadOnlyList<CpuShare> shares)
    {
        page.Add($"""
            <h3>Processor time</h3>
            <div class="scroll" tabindex="0" role="region" aria-label="Processor time">
            <table class="narrow">
            <thead><tr><th scope="col">Share of one core</th><th scope="col" class="number">Audio</th><th scope="col" class="number">Video</th><th scope="col" class="number">Together</th></tr></thead>
            <tbody>
            """);
        foreach (var share in shares)
        {
            page.Add($"""
                <tr><th scope="row">{share.FramesPerSecond.ToString("0.##")} frames/s</th><td class="number">{Units.Percent(share.AudioPercent)}</td><td class="number">{Units.Percent(share.VideoPercent)}</td><td class="number">{Units.Percent(share.TotalPercent)}</td></tr>
                """);
        }

        page.Add($"""
            </tbody>
            </table>
            </div>
            <p class="note">Audio: the time of every pull, decoding included, over the length of the call. Video: the mean time of super-resolution times the frame rate; decoding, the sender, the relay and the encoders are not in it.</p>
            """);
    }

    private static Markup Counts(IReadOnlyList<NamedCount> counts)
        => new(string.Join("<br>", counts.Where(count => count.Count > 0)
            .Select(count => Markup.Of($"{count.Name} {Units.Count(count.Count)}").Text)));
}
