using System.Globalization;
using System.Text;

namespace RtcEnhance.Benchmarks.Playout;

/// <summary>Draws delay against concealed share, a panel per network and a curve per policy, as SVG. Thread-safe.</summary>
internal static class PlayoutPlot
{
    private const int Columns = 3;
    private const int PanelWidth = 380;
    private const int PanelHeight = 250;
    private const int Left = 52;
    private const int Top = 34;
    private const int Right = 16;
    private const int Bottom = 42;
    private const int LegendHeight = 56;
    private const int Ticks = 5;

    // Told apart without colour as well: by the marker.
    private static readonly (string Color, string Marker)[] Styles =
        [("#0b5fa5", "circle"), ("#c2410c", "square"), ("#15803d", "triangle"), ("#7c3aed", "cross"), ("#6b7280", "plus"), ("#a16207", "diamond")];

    public static string Draw(IReadOnlyList<(string Name, IReadOnlyList<PlayoutRow> Rows)> panels)
    {
        int rows = (panels.Count + Columns - 1) / Columns;
        int width = Columns * PanelWidth;
        int height = LegendHeight + (rows * PanelHeight);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#1f2937\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n");
        svg.Append("<text x=\"16\" y=\"22\" font-size=\"15\" font-weight=\"bold\">Playout: delay added to the fastest packet (ms, across) and concealed samples (%, up); lower left is better</text>\n");
        string[] policies = [.. panels[0].Rows.Select(row => row.Policy).Distinct()];
        int x = 16;
        foreach ((string policy, int index) in policies.Select((policy, index) => (policy, index)))
        {
            Mark(svg, Styles[index % Styles.Length], x + 6, 41);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 18}\" y=\"45\">{policy}</text>\n");
            x += 40 + (8 * policy.Length);
        }

        for (int i = 0; i < panels.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({i % Columns * PanelWidth},{LegendHeight + (i / Columns * PanelHeight)})\">\n");
            DrawPanel(svg, panels[i].Name, panels[i].Rows, policies);
            svg.Append("</g>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The axes hold what has a setting; a policy without one that lies outside is drawn at the edge, pale.</summary>
    private static void DrawPanel(StringBuilder svg, string name, IReadOnlyList<PlayoutRow> rows, string[] policies)
    {
        PlayoutMetrics[] swept = [.. rows.Where(row => row.Quantile is not null).Select(row => row.Metrics)];
        Axis across = Axis.Of(swept.Max(m => m.DelayMs) * 1.15, 0);
        double least = swept.Min(m => m.ConcealedPercent);
        double most = swept.Max(m => m.ConcealedPercent);
        Axis up = Axis.Of(most + (0.15 * (most - least)), most > 0 && least > 0.6 * most ? least - (0.15 * (most - least)) : 0);
        const int PlotWidth = PanelWidth - Left - Right;
        const int PlotHeight = PanelHeight - Top - Bottom;
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{Top - 12}\" font-weight=\"bold\">{name}</text>\n");
        for (int i = 0; i <= across.Steps; i++)
        {
            double at = Left + (PlotWidth * (double)i / across.Steps);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{at:0.#} {Top}v{PlotHeight}\" stroke=\"#e5e7eb\"/><text x=\"{at:0.#}\" y=\"{Top + PlotHeight + 16}\" text-anchor=\"middle\">{across.Label(i)}</text>\n");
        }

        for (int i = 0; i <= up.Steps; i++)
        {
            double at = Top + PlotHeight - (PlotHeight * (double)i / up.Steps);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {at:0.#}h{PlotWidth}\" stroke=\"#e5e7eb\"/><text x=\"{Left - 6}\" y=\"{at + 4:0.#}\" text-anchor=\"end\">{up.Label(i)}</text>\n");
        }

        for (int p = policies.Length - 1; p >= 0; p--)
        {
            PlayoutRow[] own = [.. rows.Where(row => row.Policy == policies[p])];
            (double X, double Y)[] points = [.. own.Select(row => (Left + (PlotWidth * across.Part(row.Metrics.DelayMs)), Top + PlotHeight - (PlotHeight * up.Part(row.Metrics.ConcealedPercent))))];
            if (points.Length > 1)
                svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.#},{point.Y:0.#}")))}\" fill=\"none\" stroke=\"{Styles[p % Styles.Length].Color}\" stroke-width=\"1.5\"/>\n");
            for (int i = 0; i < own.Length; i++)
            {
                bool isOutside = own[i].Metrics.DelayMs > across.End || own[i].Metrics.ConcealedPercent > up.End || own[i].Metrics.ConcealedPercent < up.Start;
                svg.Append(isOutside ? "<g opacity=\"0.45\">" : "<g>");
                Mark(svg, Styles[p % Styles.Length], points[i].X, points[i].Y);
                svg.Append("</g>\n");
            }
        }
    }

    private static void Mark(StringBuilder svg, (string Color, string Marker) style, double x, double y)
    {
        string path = style.Marker switch
        {
            "circle" => "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
            "square" => "m-3.5 -3.5h7v7h-7z",
            "triangle" => "m0 -4.5l4.5 8h-9z",
            "diamond" => "m0 -5l5 5l-5 5l-5 -5z",
            "cross" => "m-4 -4l8 8m0 -8l-8 8",
            _ => "m-5 0h10m-5 -5v10",
        };
        bool isLine = style.Marker is "cross" or "plus";
        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x:0.#} {y:0.#}{path}\" {(isLine ? $"fill=\"none\" stroke=\"{style.Color}\" stroke-width=\"2\"" : $"fill=\"{style.Color}\"")}/>");
    }

    private readonly record struct Axis(double Start, double Step, int Steps)
    {
        public double End => Start + (Step * Steps);

        /// <summary>About <see cref="Ticks"/> steps of 1, 2 or 5 times a power of ten.</summary>
        public static Axis Of(double end, double start)
        {
            double rough = Math.Max(end - start, 1e-3) / Ticks;
            double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
            double step = power * (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10);
            double first = Math.Floor(start / step);
            return new Axis(first * step, step, (int)(Math.Ceiling(end / step) - first));
        }

        public double Part(double value) => Math.Clamp((value - Start) / (Step * Steps), 0, 1);

        public string Label(int step) => Math.Round(Start + (step * Step), 6).ToString(CultureInfo.InvariantCulture);
    }
}
