using System.Globalization;
using RtcEnhance.Loopback.Report.Charts;

namespace RtcEnhance.Loopback.Report.Html;

/// <summary>
/// Waveforms over spectrograms on a common time axis, lost packets marked. Coordinates are percentages, so that the
/// drawing stretches with the page and its lettering does not. Thread-safe.
/// </summary>
internal static class SignalFigure
{
    private const int Columns = 1060;
    private const int SpectrogramRows = 132;
    private const int WaveHeight = 52;
    private const int StripTop = 56;
    private const int StripHeight = 5;
    private const int SpectrogramTop = 64;

    public static void Render(
        HtmlBuilder page, AudioTrack[] tracks, IReadOnlyList<LossInterval> losses, TimeRange range, string name)
    {
        var topHz = Spectrogram.TopHz(tracks);
        var gain = 0.97 / Math.Max(0.05f, tracks.Max(track => track.Samples.Max(Math.Abs)));
        page.Add($"""<div class="signals" data-from="{Exact(range.From)}" data-to="{Exact(range.To)}">""");
        foreach (var track in tracks)
        {
            page.Add($"""
                <div class="signal" data-track="{track.Name}">
                <p class="signal-name">{track.Name}</p>
                <svg class="axis-y" aria-hidden="true">{FrequencyLabels(topHz)}</svg>
                <svg class="drawing" role="img" aria-label="{name}: waveform and spectrogram of {track.Name}">
                <svg y="0" width="100%" height="{WaveHeight}" viewBox="0 -{WaveformPath.FullScale} {Columns} {2 * WaveformPath.FullScale}" preserveAspectRatio="none"><path class="wave" d="{WaveformPath.Render(track, range, Columns, gain)}"/></svg>
                {LossMarks(losses, range)}
                <image y="{SpectrogramTop}" width="100%" height="{SpectrogramRows}" preserveAspectRatio="none" href="{Markup.Png(Spectrogram.Render(track, range, topHz, Columns, SpectrogramRows))}"/>
                <line class="playhead" y1="0" y2="100%"/>
                </svg>
                </div>
                """);
        }

        page.Add($"""<svg class="axis-x" aria-hidden="true">{TimeAxis.Labels(range)}</svg>""");
        page.Add($"</div>");
    }

    private static Markup FrequencyLabels(double topHz)
    {
        var labels = string.Empty;
        var steps = topHz > 12000 ? 4 : 2;
        for (var i = 0; i <= steps; i++)
        {
            var kiloHertz = topHz * i / steps / 1000;
            var y = SpectrogramTop + 4 + ((SpectrogramRows - 8) * (1 - ((double)i / steps))) + 4;
            var unit = i == steps ? "\u00A0kHz" : string.Empty;
            labels += Markup.Of($"""<text x="100%" y="{y}" text-anchor="end">{kiloHertz}{unit}</text>""").Text;
        }

        return new Markup(labels);
    }

    private static Markup LossMarks(IReadOnlyList<LossInterval> losses, TimeRange range)
    {
        var marks = string.Empty;
        foreach (var loss in losses)
        {
            if (loss.EndSeconds <= range.From || loss.StartSeconds >= range.To)
                continue;
            var left = Math.Max(0, range.Percent(loss.StartSeconds));
            var width = Math.Min(100, range.Percent(loss.EndSeconds)) - left;
            marks += Markup.Of($"""
                <rect class="loss-shade" x="{left}%" width="{width}%" y="0" height="{WaveHeight}"/><rect class="loss-strip" x="{left}%" width="{width}%" y="{StripTop}" height="{StripHeight}"/>
                """).Text;
        }

        return new Markup(marks);
    }

    private static string Exact(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
