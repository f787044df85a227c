using RtcEnhance.Loopback.Report.Charts;
using RtcEnhance.Loopback.Report.Media;

namespace RtcEnhance.Loopback.Report.Html;

/// <summary>Players and plots of the tracks. Thread-safe.</summary>
internal static class ListenSection
{
    /// <summary>The page stays below 12 MB with four tracks of this length.</summary>
    private const double LongestSeconds = 15;
    private const double DetailSeconds = 1.2;

    public static void Render(HtmlBuilder page, DemoMedia media)
    {
        var seconds = Math.Min(LongestSeconds, media.Original.Seconds);
        page.Add($"""
            <section id="listen">
            <h2>Hear it</h2>
            <p class="intro">The same moment of the call, four ways. Switching keeps the position, and a click on a plot plays from there.</p>
            <div class="players">
            """);
        Player(page, media.ZeroFill, seconds, "Zeros where packets were lost.");
        Player(page, media.Enhanced, seconds, "As it was played: concealed, stretched, its upper band restored.");
        if (media.LossFree is not null)
            Player(page, media.LossFree, seconds, "Every packet decoded: the codec alone.");
        Player(page, media.Original, seconds, "The clip before the encoder.");
        page.Add($"""
            </div>
            """);
        if (media.Original.Seconds > seconds)
            page.Add($"""<p class="note">The page holds the first {Units.Seconds(seconds)} of {Units.Seconds(media.Original.Seconds)}; the WAV files beside it hold the whole call.</p>""");

        AudioTrack[] tracks = [media.ZeroFill, media.Enhanced, media.Original];
        page.Add($"<figure>");
        SignalFigure.Render(page, tracks, media.Losses, new TimeRange(0, seconds), "Whole call");
        page.Add($"""
            <figcaption><span class="swatch loss"></span>Lost packets. Waveforms share one scale and the sender's time: what was played is put back where the playout log says it belongs. Spectrograms use a Hann window of 21 ms; dark to light is −{-Spectrogram.FloorDb} to −{-Spectrogram.CeilingDb} dB of full scale. Above the codec's band (4 kHz of G.711, 8 kHz of G.722) all that is to be seen of what was played was made here.</figcaption>
            </figure>
            """);
        if (Detail(media.Losses, seconds) is { } detail)
        {
            page.Add($"<h3>The longest gap, close up</h3><figure>");
            SignalFigure.Render(page, tracks, media.Losses, detail, "Longest gap");
            page.Add($"<figcaption>The {Units.Seconds(detail.Seconds)} around the longest run of lost packets, same scales.</figcaption></figure>");
        }

        page.Add($"</section>");
    }

    private static TimeRange? Detail(IReadOnlyList<LossInterval> losses, double seconds)
    {
        var longest = losses.Where(loss => loss.EndSeconds < seconds).MaxBy(loss => loss.EndSeconds - loss.StartSeconds);
        if (longest is null || seconds <= DetailSeconds)
            return null;
        var from = Math.Clamp(((longest.StartSeconds + longest.EndSeconds) / 2) - (DetailSeconds / 2), 0, seconds - DetailSeconds);
        return new TimeRange(from, from + DetailSeconds);
    }

    private static void Player(HtmlBuilder page, AudioTrack track, double seconds, string note)
    {
        var heard = track.Heard ?? track.Samples;
        var samples = heard.AsSpan(0, Math.Min(heard.Length, (int)(seconds * track.Rate)));
        page.Add($"""
            <div class="player" data-track="{track.Name}">
            <div class="player-name"><strong>{track.Name}</strong><span>{note}</span></div>
            <audio controls preload="metadata" aria-label="{track.Name}" src="{Markup.Wav(samples, track.Rate)}"></audio>
            </div>
            """);
    }
}
