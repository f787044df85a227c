using System.Globalization;
using RtcEnhance.Benchmarks;
using RtcEnhance.Loopback;

namespace RtcEnhance.Rtc;

/// <summary>`rtc upscale`: enlarges a clip or a picture.</summary>
internal static class UpscaleVerb
{
    private const string Usage = """
        rtc upscale IN OUT --method easu|lanczos|bicubic|bilinear|neural|neural-fast [--scale 2]

        y4m is read and written as it is; everything else through ffmpeg, PNG and WebP included.
        """;

    public static int Run(string[] args)
    {
        var command = FileCommand.Parse(args, Usage, files: 2, "--method", "--scale");
        if (command is null)
            return 0;
        string method = command.Method("easu", "lanczos", "bicubic", "bilinear", "neural", "neural-fast");
        if (method.StartsWith("neural", StringComparison.Ordinal))
            throw FileCommand.NoModel("super-resolution", "easu");
        var runner = new UpscaleRunner(method, command.Number("--scale", 2, 1, 8));
        int frames = runner.Run(command.Files[0], command.Files[1], static done => Report(done, false));
        Report(frames, true);
        return 0;
    }

    private static void Report(int frames, bool isDone)
    {
        if (!Console.IsErrorRedirected && (isDone || frames % 10 == 0))
            Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{frames} pictures{(isDone ? "\n" : "")}"));
    }
}
