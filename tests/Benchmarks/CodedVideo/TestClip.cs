namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>A clip and the rates that calls would give to half its size. Immutable. Thread-safe.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="File">The file's name.</param>
/// <param name="Filter">ffmpeg's filter that makes the original of the file, or null for the file's own pictures.</param>
/// <param name="Kbits">Kilobits a second: low, middle, high.</param>
public sealed record TestClip(string Name, string File, string? Filter, IReadOnlyList<int> Kbits)
{
    /// <summary>The clips of the folder video/test.</summary>
    public static IReadOnlyList<TestClip> TestSet { get; } =
    [
        new("s18", "s18.mp4", null, [200, 400, 800]),
        // Cropped to the head and made smaller, so that the file's own coding does not become what is measured.
        new("latent2", "latent2.mp4", "crop=1080:810:0:60,scale=960:720:flags=lanczos", [200, 400, 800]),
        new("book", "book.mkv", null, [100, 200, 400]),
        new("learn", "learn.mkv", null, [100, 200, 400]),
        new("school", "school.mkv", null, [100, 200, 400]),
        new("walk", "walk.mkv", null, [100, 200, 400]),
        new("foreman", "test_cif_I_CABAC_slice.264", null, [64, 128, 256]),
        new("carphone", "carphone_pristine.mp4", null, [32, 64, 128]),
    ];
}
