using RtcEnhance.Loopback.Report.Media;
using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Loopback.Report.Charts;

/// <summary>
/// Draws power over time and frequency: Hann windows of about 21 ms (1024 samples at 48 kHz), a new one every 256
/// samples or every column, magma from -95 to -25 dB of full scale. Thread-safe.
/// </summary>
internal static class Spectrogram
{
    public const double FloorDb = -95;
    public const double CeilingDb = -25;

    private const int LongestHop = 256;

    /// <summary>Renders a stretch of a track as PNG, time to the right and frequency upwards.</summary>
    public static byte[] Render(AudioTrack track, TimeRange range, double topHz, int columns, int rows)
    {
        var indices = new byte[columns * rows];
        var transform = new WindowedSpectrum(track);
        var power = new double[transform.Bins];
        var sum = new double[transform.Bins];
        var columnSamples = range.Seconds * track.Rate / columns;
        var frames = Math.Max(1, (int)Math.Round(columnSamples / LongestHop));
        for (var column = 0; column < columns; column++)
        {
            Array.Clear(sum);
            for (var frame = 0; frame < frames; frame++)
            {
                var centre = (range.From * track.Rate) + ((column + ((frame + 0.5) / frames)) * columnSamples);
                transform.Compute((int)centre, power);
                for (var bin = 0; bin < sum.Length; bin++)
                    sum[bin] += power[bin] / frames;
            }

            for (var row = 0; row < rows; row++)
            {
                var lowHz = topHz * (rows - 1 - row) / rows;
                indices[(row * columns) + column] = Shade(transform.Mean(sum, lowHz, lowHz + (topHz / rows)));
            }
        }

        return PngWriter.EncodeIndexed(indices, MagmaPalette.Rgb, columns, rows);
    }

    /// <summary>
    /// The lowest multiple of 4 kHz above which no track shows anything for a quarter of its time: the clicks at the
    /// edges of gaps reach the Nyquist frequency and are not what a listener looks for.
    /// </summary>
    public static double TopHz(IEnumerable<AudioTrack> tracks)
    {
        double highest = 4000;
        foreach (var track in tracks)
        {
            var transform = new WindowedSpectrum(track);
            var power = new double[transform.Bins];
            var shown = new int[transform.Bins];
            var frames = 0;
            for (var centre = 0; centre < track.Samples.Length; centre += 4 * LongestHop, frames++)
            {
                transform.Compute(centre, power);
                for (var bin = 0; bin < power.Length; bin++)
                    shown[bin] += Decibels(power[bin]) > FloorDb + 5 ? 1 : 0;
            }

            for (var bin = 0; bin < shown.Length; bin++)
            {
                if (4 * shown[bin] > frames)
                    highest = Math.Max(highest, transform.FrequencyHz(bin));
            }
        }

        // A resampler's skirt reaches a little past the band edge and is not worth 4 kHz of black.
        return 4000 * Math.Ceiling((highest - 400) / 4000);
    }

    private static byte Shade(double power)
        => (byte)Math.Clamp(255 * (Decibels(power) - FloorDb) / (CeilingDb - FloorDb), 0, 255);

    private static double Decibels(double power) => 10 * Math.Log10(power + 1e-20);
}
