using System.Globalization;
using RtcEnhance.FFmpegCli;

namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>
/// What a call does to pictures, by ffmpeg on y4m files in a scratch folder: made smaller by swscale's bicubic filter, coded as a
/// call codes, decoded. VP8: libvpx in real time, one pass, constant rate, error-resilient; its speed is negative, as with a
/// positive one the encoder follows the machine's load and the same stream comes out different. H.264: x264, baseline,
/// veryfast, zerolatency. One thread at a time.
/// </summary>
public sealed class CodecChain
{
    private const int IvfHeaderBytes = 32;
    private const int IvfFrameHeaderBytes = 12;

    private readonly string _ffmpeg = FFmpegExecutable.Find().Path;
    private readonly string _scratch;

    /// <summary>A chain.</summary>
    /// <param name="scratch">A folder for its files; it keeps those of one clip at a time.</param>
    public CodecChain(string scratch) => _scratch = scratch;

    /// <summary>The codecs.</summary>
    public static IReadOnlyList<string> Codecs { get; } = ["vp8", "h264"];

    /// <summary>The first pictures of a file, their sides cut to multiples of a number.</summary>
    /// <param name="file">Any clip or still that ffmpeg reads.</param>
    /// <param name="filter">ffmpeg's filter that makes the original of it, or null.</param>
    /// <param name="frames">How many pictures at most.</param>
    /// <param name="multiple">The number.</param>
    /// <returns>The y4m file.</returns>
    public string Original(string file, string? filter, int frames, int multiple = 4)
    {
        if (!File.Exists(file))
            throw new FileNotFoundException($"The file '{file}' does not exist.", file);
        string output = PathOf("original.y4m");
        string crop = (filter is null ? "" : filter + ",") + $"crop=trunc(iw/{multiple})*{multiple}:trunc(ih/{multiple})*{multiple}:0:0";
        Run("-i", file, "-map", "0:v:0", "-vf", crop, "-fps_mode", "passthrough", "-frames:v", Text(frames), "-pix_fmt", "yuv420p", output);
        return output;
    }

    /// <summary>Makes pictures smaller.</summary>
    /// <param name="original">A y4m file.</param>
    /// <param name="scale">What width and height are divided by.</param>
    /// <returns>The y4m file.</returns>
    public string Reduce(string original, double scale = 2)
    {
        string output = PathOf("reduced.y4m");
        Run("-i", original, "-vf", string.Create(CultureInfo.InvariantCulture, $"scale=iw/{scale}:ih/{scale}:flags=bicubic"), "-pix_fmt", "yuv420p", output);
        return output;
    }

    /// <summary>Codes pictures as a call does, and decodes them again.</summary>
    /// <param name="pictures">A y4m file.</param>
    /// <param name="codec">One of <see cref="Codecs"/>.</param>
    /// <param name="kbits">Kilobits a second at 30 pictures a second.</param>
    /// <returns>The y4m file of the decoded pictures, and the stream's bytes.</returns>
    public (string Decoded, long Bytes) Code(string pictures, string codec, int kbits)
    {
        string rate = Text(kbits) + "k";
        string stream = PathOf(codec == "vp8" ? "stream.ivf" : "stream.h264");
        string[] encoder = codec switch
        {
            "vp8" =>
            [
                "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "-6", "-lag-in-frames", "0", "-error-resilient", "1",
                "-minrate", rate,
            ],
            "h264" => ["-c:v", "libx264", "-profile:v", "baseline", "-preset", "veryfast", "-tune", "zerolatency"],
            _ => throw new ArgumentException($"The codec '{codec}' is not one of {string.Join(", ", Codecs)}.", nameof(codec)),
        };
        Run(["-r", "30", "-i", pictures, .. encoder, "-g", "3000", "-b:v", rate, "-maxrate", rate, "-bufsize", rate, "-threads", "1", stream]);
        string output = PathOf("decoded.y4m");
        Run("-i", stream, "-fps_mode", "passthrough", "-pix_fmt", "yuv420p", output);
        return (output, new FileInfo(stream).Length);
    }

    /// <summary>Kilobits a second of a stream, its file's own headers left out.</summary>
    /// <param name="codec">Its codec.</param>
    /// <param name="bytes">Bytes of its file.</param>
    /// <param name="frames">Pictures in it, 30 a second.</param>
    /// <returns>Kilobits a second.</returns>
    public static double Kbits(string codec, long bytes, int frames)
        => (bytes - (codec == "vp8" ? IvfHeaderBytes + (frames * IvfFrameHeaderBytes) : 0)) * 8 * 30 / 1000.0 / frames;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string PathOf(string name) => Path.Combine(_scratch, name);

    private void Run(params string[] arguments)
        => ExternalCommand.Run(_ffmpeg, ["-v", "error", "-nostdin", "-y", "-threads", "1", .. arguments]);
}
