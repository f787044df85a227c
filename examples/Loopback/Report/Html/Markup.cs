using RtcEnhance.Audio;

namespace RtcEnhance.Loopback.Report.Html;

/// <summary>Text that is HTML already and goes onto the page as it is. Thread-safe.</summary>
/// <param name="Text">The markup.</param>
internal readonly record struct Markup(string Text)
{
    public static Markup None => new(string.Empty);

    public static Markup Png(byte[] file) => new("data:image/png;base64," + Convert.ToBase64String(file));

    public static Markup Jpeg(byte[] file) => new("data:image/jpeg;base64," + Convert.ToBase64String(file));

    public static Markup Wav(ReadOnlySpan<float> samples, int rateHz)
    {
        using var file = new MemoryStream();
        using (var writer = new WavWriter(file, rateHz))
            writer.Write(samples);
        return new("data:audio/wav;base64," + Convert.ToBase64String(file.ToArray()));
    }

    /// <summary>Builds markup from an interpolated string whose holes are escaped.</summary>
    public static Markup Of(ref HtmlInterpolation html) => new(html.ToText());
}
