using System.Globalization;
using System.Text;

namespace RtcEnhance.Loopback.Report.Charts;

/// <summary>Draws a waveform's envelope as an SVG path. Thread-safe.</summary>
internal static class WaveformPath
{
    /// <summary>Half the height of the drawing: samples of full scale reach it.</summary>
    public const int FullScale = 100;

    /// <summary>A closed outline of the highest and lowest sample of each column, one unit wide each.</summary>
    public static string Render(AudioTrack track, TimeRange range, int columns, double gain)
    {
        var (upper, lower) = (new StringBuilder("M"), new StringBuilder());
        for (var column = 0; column < columns; column++)
        {
            var (low, high) = Extremes(track, range, column, columns);
            upper.Append(CultureInfo.InvariantCulture, $"{column} {Height(high, gain)}L");
            lower.Insert(0, string.Create(CultureInfo.InvariantCulture, $"{column} {Height(low, gain)}{(lower.Length == 0 ? "Z" : "L")}"));
        }

        return upper.Append(lower).ToString();
    }

    private static (float Low, float High) Extremes(AudioTrack track, TimeRange range, int column, int columns)
    {
        var start = Index(track, range, (double)column / columns);
        var end = Math.Max(start + 1, Index(track, range, (column + 1.0) / columns));
        float low = 0, high = 0;
        for (var i = start; i < Math.Min(end, track.Samples.Length); i++)
        {
            low = Math.Min(low, track.Samples[i]);
            high = Math.Max(high, track.Samples[i]);
        }

        return (low, high);
    }

    private static int Index(AudioTrack track, TimeRange range, double share)
        => (int)((range.From + (share * range.Seconds)) * track.Rate);

    // A hairline remains where there is silence, so that it reads as silence and not as a gap in the drawing.
    private static int Height(float sample, double gain)
    {
        var height = (int)Math.Round(-FullScale * sample * gain);
        return height == 0 ? (sample >= 0 ? -1 : 1) : Math.Clamp(height, -FullScale, FullScale);
    }
}
