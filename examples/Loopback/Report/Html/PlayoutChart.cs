using System.Globalization;
using System.Text;
using RtcEnhance.Audio;
using RtcEnhance.Loopback.Report.Charts;

namespace RtcEnhance.Loopback.Report.Html;

/// <summary>Playout delay and its target over the call, above a strip of what was done to the sound. Thread-safe.</summary>
internal static class PlayoutChart
{
    private const int MaxColumns = 1060;
    private const int Height = 150;
    private const int StripTop = 158;
    private const int StripHeight = 10;
    private const double SecondsPerStep = 0.01;

    public static void Render(HtmlBuilder page, IReadOnlyList<PlayoutStep> steps)
    {
        var columns = Columns(steps);
        var range = new TimeRange(0, steps.Count * SecondsPerStep);
        var top = Top(columns.Max(column => Math.Max(column.DelayMs, column.TargetMs)));
        page.Add($"""
            <figure>
            <div class="signals">
            <div class="signal playout">
            <svg class="axis-y" aria-hidden="true">{Labels(top)}</svg>
            <svg class="drawing" role="img" aria-label="Playout delay and its target over the call">
            {Grid()}
            <svg y="0" width="100%" height="{Height}" viewBox="0 0 {columns.Count} {Height}" preserveAspectRatio="none">{Line("target", columns.Select(column => column.TargetMs), top)}{Line("delay", columns.Select(column => column.DelayMs), top)}</svg>
            {Strip(columns)}
            </svg>
            </div>
            <svg class="axis-x" aria-hidden="true">{TimeAxis.Labels(range)}</svg>
            </div>
            <figcaption><span class="swatch delay"></span>How much later than the fastest packets the sound was played. <span class="swatch target"></span>What that is steered to. Below: <span class="swatch loss"></span>concealed, <span class="swatch faster"></span>sped up, <span class="swatch slower"></span>slowed down, <span class="swatch noise"></span>comfort noise or silence.</figcaption>
            </figure>
            """);
    }

    /// <summary>
    /// One column a block; where there are too many, several blocks make one. The delay of a block that is not received
    /// sound is that of the last one that was: while a gap is concealed nothing waits.
    /// </summary>
    private static List<Column> Columns(IReadOnlyList<PlayoutStep> steps)
    {
        var count = Math.Min(MaxColumns, steps.Count);
        var columns = new List<Column>(count);
        var delays = new double[steps.Count];
        for (var i = 0; i < steps.Count; i++)
            delays[i] = IsReceived(steps[i]) || i == 0 ? steps[i].DelayMs : delays[i - 1];
        for (var i = 0; i < count; i++)
        {
            var from = (int)((long)i * steps.Count / count);
            var to = (int)((long)(i + 1) * steps.Count / count);
            var blocks = Enumerable.Range(from, to - from).Select(index => steps[index]).ToArray();
            columns.Add(new Column(
                delays[from..to].Average(),
                blocks.Average(block => (double)block.TargetMs),
                blocks.Select(Kind).FirstOrDefault(kind => kind.Length > 0) ?? string.Empty));
        }

        return columns;
    }

    private static bool IsReceived(PlayoutStep step)
        => step.Operation is not (PlayoutOperation.Silence or PlayoutOperation.Expand or PlayoutOperation.ComfortNoise);

    private static string Kind(PlayoutStep step) => step switch
    {
        { Operation: PlayoutOperation.Expand } => "concealed",
        { StretchedSamples: < 0 } => "faster",
        { StretchedSamples: > 0 } => "slower",
        { Operation: PlayoutOperation.ComfortNoise or PlayoutOperation.Silence } => "noise",
        _ => string.Empty,
    };

    private static double Top(double ms)
    {
        double[] steps = [40, 80, 120, 200, 400, 800, 1200, 2000, 4000, 12000];
        return steps.FirstOrDefault(step => step >= ms, steps[^1]);
    }

    private static Markup Labels(double top)
    {
        var labels = string.Empty;
        for (var i = 0; i <= 2; i++)
        {
            var y = Math.Clamp((Height * (1 - (i / 2.0))) + 4, 10, Height);
            labels += Markup.Of($"""<text x="100%" y="{y}" text-anchor="end">{(i == 2 ? Units.ShortMilliseconds(top) : (top * i / 2).ToString("0", CultureInfo.InvariantCulture))}</text>""").Text;
        }

        return new Markup(labels);
    }

    private static Markup Grid()
        => Markup.Of($"""<line class="grid" x1="0" x2="100%" y1="0.5" y2="0.5"/><line class="grid" x1="0" x2="100%" y1="{Height / 2}" y2="{Height / 2}"/><line class="base" x1="0" x2="100%" y1="{Height}" y2="{Height}"/>""");

    private static Markup Line(string kind, IEnumerable<double> values, double top)
    {
        var path = new StringBuilder();
        var column = 0;
        foreach (var value in values)
        {
            path.Append(CultureInfo.InvariantCulture, $"{(column == 0 ? 'M' : 'L')}{column + 0.5:0.#} {Height * (1 - Math.Min(1, value / top)):0.#}");
            column++;
        }

        return Markup.Of($"""<path class="playout-{kind}" d="{path.ToString()}"/>""");
    }

    private static Markup Strip(List<Column> columns)
    {
        var marks = new StringBuilder();
        for (var i = 0; i < columns.Count; i++)
        {
            var start = i;
            while (i + 1 < columns.Count && columns[i + 1].Kind == columns[start].Kind)
                i++;
            if (columns[start].Kind.Length == 0)
                continue;
            marks.Append(Markup.Of($"""
                <rect class="did-{columns[start].Kind}" x="{100.0 * start / columns.Count}%" width="{Math.Max(0.12, 100.0 * (i + 1 - start) / columns.Count)}%" y="{StripTop}" height="{StripHeight}"/>
                """).Text);
        }

        return new Markup(marks.ToString());
    }

    private readonly record struct Column(double DelayMs, double TargetMs, string Kind);
}
