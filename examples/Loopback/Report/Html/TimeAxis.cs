using RtcEnhance.Loopback.Report.Charts;

namespace RtcEnhance.Loopback.Report.Html;

/// <summary>Ticks and labels of a time axis, in percent of its width. Thread-safe.</summary>
internal static class TimeAxis
{
    public static Markup Labels(TimeRange range)
    {
        var labels = string.Empty;
        var ticks = range.Ticks().ToArray();
        for (var i = 0; i < ticks.Length; i++)
        {
            var x = range.Percent(ticks[i]);
            var anchor = x < 2 ? "start" : x > 98 ? "end" : "middle";
            var unit = i == ticks.Length - 1 ? "\u00A0s" : string.Empty;
            var kind = (ticks.Length - 1 - i) % 2 == 0 ? "major" : "minor";
            labels += Markup.Of($"""
                <line x1="{x}%" x2="{x}%" y1="0" y2="4"/><text class="{kind}" x="{x}%" y="18" text-anchor="{anchor}">{ticks[i]}{unit}</text>
                """).Text;
        }

        return new Markup(labels);
    }
}
