namespace RtcEnhance.Benchmarks.ContactSheet;

/// <summary>A row of the sheet: a part of a picture that went through a call. Immutable. Thread-safe.</summary>
/// <param name="Shows">What is to be seen.</param>
/// <param name="File">The file, under the folder video.</param>
/// <param name="Filter">ffmpeg's filter that makes the original of it, or null.</param>
/// <param name="Frame">The picture's number.</param>
/// <param name="Codec">The codec, or null for none.</param>
/// <param name="Kbits">Its kilobits a second.</param>
/// <param name="X">Left edge in the original.</param>
/// <param name="Y">Top edge in the original.</param>
internal sealed record SheetCrop(string Shows, string File, string? Filter, int Frame, string? Codec, int Kbits, int X, int Y)
{
    public const int Width = 100;
    public const int Height = 75;

    private const string Latent = "crop=1080:810:0:60,scale=960:720:flags=lanczos";

    // Places where upscalers differ, in pictures that may be shown: CC0, CC-BY-4.0, Apache-2.0, BSD-2. None was trained on.
    public static IReadOnlyList<SheetCrop> All { get; } =
    [
        new("face", "valid/img/18f_people_blog_oskow_aviva.jpg", null, 0, null, 0, 370, 220),
        new("hair", "valid/img/18f_people_blog_oskow_aviva.jpg", null, 0, null, 0, 36, 520),
        new("text", "valid/img/18f_screen_blog_micro-purchase_micro-purchase-analytics.jpg", null, 0, null, 0, 80, 288),
        new("edges", "valid/img/photo_casa-mila.jpg", null, 0, null, 0, 375, 385),
        new("hair", "test/video/latent2.mp4", Latent, 70, "h264", 400, 375, 92),
        new("face", "test/video/book.mkv", null, 80, "vp8", 200, 245, 88),
        new("edges", "test/video/book.mkv", null, 80, "vp8", 200, 530, 42),
        new("edges", "test/video/test_cif_I_CABAC_slice.264", null, 70, "vp8", 256, 92, 60),
    ];

    /// <summary>The row's name on the sheet.</summary>
    public string Label => Codec is null ? $"{Shows}, clean" : $"{Shows}, {Codec} {Kbits} kb/s";
}
