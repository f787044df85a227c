using RtcEnhance.Loopback.Report.Media;

namespace RtcEnhance.Loopback.Report.Html;

/// <summary>Frames before and after under a slider, and the place where they differ most. Thread-safe.</summary>
internal static class LookSection
{
    private const int MostFrames = 6;
    private const int FrameQuality = 94;
    private const int ThumbnailQuality = 80;
    private const int ThumbnailShrink = 6;
    private const int CropWidth = 144;
    private const int CropHeight = 112;

    public static void Render(HtmlBuilder page, DemoReport report)
    {
        var frames = report.Media!.Frames.Take(MostFrames).ToArray();
        if (frames.Length == 0)
            return;
        page.Add($"""
            <section id="look">
            <h2>See it</h2>
            <p class="intro">Drag across the picture, or focus it and use the arrow keys.</p>
            <div class="viewer" data-zoom="1" data-side="before">
            {Toolbar(frames)}
            """);
        for (var i = 0; i < frames.Length; i++)
            Frame(page, report.Video, frames[i], i);
        page.Add($"""
            </div>
            <p class="note">Pictures under the slider are JPEG at quality {FrameQuality} to keep the page small; the crops are PNG, without loss, each pixel enlarged. A crop shows the place where the two pictures differ most.</p>
            </section>
            """);
    }

    private static Markup Toolbar(FramePair[] frames)
    {
        var thumbnails = string.Empty;
        for (var i = 0; i < frames.Length; i++)
        {
            var (width, height) = (frames[i].Width / ThumbnailShrink, frames[i].Height / ThumbnailShrink);
            if (width == 0 || height == 0)
                return Markup.None;
            var small = Picture.Shrink(frames[i].After, frames[i].Width, frames[i].Height, ThumbnailShrink);
            var file = JpegWriter.Encode(small, width, height, ThumbnailQuality);
            thumbnails += Markup.Of($"""
                <button type="button" data-frame="{i}" aria-pressed="{(i == 0 ? "true" : "false")}"><img src="{Markup.Jpeg(file)}" width="{width}" height="{height}" alt="Show frame {i + 1}"></button>
                """).Text;
        }

        var sides = frames.All(frame => frame.Original is not null)
            ? new Markup("""
                <div class="segmented" role="group" aria-label="Left picture"><button type="button" data-side="before" aria-pressed="true">From bicubic</button><button type="button" data-side="original" aria-pressed="false">From original</button></div>
                """)
            : Markup.None;
        return Markup.Of($"""
            <div class="toolbar">
            <div class="thumbnails" role="group" aria-label="Frame">{new Markup(thumbnails)}</div>
            {sides}
            <div class="segmented" role="group" aria-label="Zoom"><button type="button" data-zoom="1" aria-pressed="true">1x</button><button type="button" data-zoom="2" aria-pressed="false">2x</button><button type="button" data-zoom="4" aria-pressed="false">4x</button></div>
            </div>
            """);
    }

    private static void Frame(HtmlBuilder page, VideoFigures video, FramePair frame, int index)
    {
        var (width, height) = (frame.Width, frame.Height);
        var (cropWidth, cropHeight) = (Math.Min(CropWidth, width), Math.Min(CropHeight, height));
        var (left, top) = Picture.MostDifferent(frame, cropWidth, cropHeight);
        var (focusX, focusY) = (100.0 * (left + (cropWidth / 2)) / width, 100.0 * (top + (cropHeight / 2)) / height);
        page.Add($"""
            <figure class="frame" data-frame="{index}">
            <div class="compare" style="aspect-ratio:{width}/{height};--focus-x:{focusX}%;--focus-y:{focusY}%">
            <img class="after" alt="Frame {index + 1}, {video.Enhanced.Method}" src="{Jpeg(frame.After, frame)}">
            <div class="left" data-side="before"><img alt="Frame {index + 1}, {video.Baseline.Method}" src="{Jpeg(frame.Before, frame)}"></div>
            """);
        if (frame.Original is not null)
            page.Add($"""<div class="left" data-side="original"><img alt="Frame {index + 1}, original" src="{Jpeg(frame.Original, frame)}"></div>""");
        page.Add($"""
            <span class="tag tag-left" data-side="before">{video.Baseline.Method}</span><span class="tag tag-left" data-side="original">Original</span><span class="tag tag-right">RtcEnhance</span>
            <input type="range" min="0" max="100" step="0.5" value="50" aria-label="Frame {index + 1}: share of the left picture in percent">
            <span class="handle" aria-hidden="true"></span>
            </div>
            <figcaption>{frame.Caption}</figcaption>
            <div class="crops">
            {Crop(frame.Before, video.Baseline.Method)}
            {Crop(frame.After, video.Enhanced.Method)}
            {(frame.Original is null ? Markup.None : Crop(frame.Original, "Original"))}
            </div>
            </figure>
            """);

        Markup Crop(byte[] pixels, string name)
        {
            var crop = Picture.Crop(pixels, width, left, top, cropWidth, cropHeight);
            return Markup.Of($"""
                <div><img src="{Markup.Png(PngWriter.Encode(crop, cropWidth, cropHeight))}" width="{cropWidth}" height="{cropHeight}" alt="Crop of frame {index + 1}, {name}"><span>{name}</span></div>
                """);
        }
    }

    private static Markup Jpeg(byte[] pixels, FramePair frame)
        => Markup.Jpeg(JpegWriter.Encode(pixels, frame.Width, frame.Height, FrameQuality));
}
