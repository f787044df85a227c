namespace RtcEnhance.Loopback.Report.Html;

/// <summary>How to make the report again. Thread-safe.</summary>
internal static class RunSection
{
    public static void Render(HtmlBuilder page, RunFigures run)
    {
        var clock = run.VirtualClock
            ? "on a virtual clock: delays follow from the seed, processing times are this machine's"
            : "in real time, over UDP on the loopback interface";
        page.Add($"""
            <section id="run">
            <h2>How it was made</h2>
            <pre><code>{run.CommandLine}</code></pre>
            <dl class="facts">
            <div><dt>Call</dt><dd>{Units.Seconds(run.DurationSeconds)}, {clock}</dd></div>
            <div><dt>Seed</dt><dd>{run.Seed.ToString()}</dd></div>
            <div><dt>Machine</dt><dd>{run.Machine}</dd></div>
            """);
        foreach (var item in run.Software.Concat(run.Clips))
            page.Add($"<div><dt>{item.Name}</dt><dd>{item.Value}</dd></div>");
        page.Add($"""
            </dl>
            <p class="note">The same seed loses the same packets. In real time, delays and processing times vary from run to run.</p>
            </section>
            """);
    }
}
