using System.Globalization;
using RtcEnhance.Benchmarks;
using RtcEnhance.Loopback;

namespace RtcEnhance.Rtc;

/// <summary>`rtc upscale`: enlarges a clip or a picture.</summary>
internal static class UpscaleVerb
{
    private const string Usage = """
        rtc upscale IN OUT [--method neural|neural-clean|neural-fast|neural-fast-clean|easu|lanczos|bicubic|bilinear|restore] [--scale 2]

        The default is neural, the best on pictures that went through a codec; neural-clean is sharper on pictures that never
        did. The neural ones double width and height, or what they make is reduced (--scale 1.5); the others enlarge 1 to 8
        times. Above --scale 2 and up to 3 neural and neural-clean are one network, for clean pictures.
        restore keeps the size and takes a codec's traces out of luma.
        y4m is read and written as it is; everything else through ffmpeg, PNG and WebP included.
        """;

    public static int Run(string[] args)
    {
        var command = FileCommand.Parse(args, Usage, files: 2, "--method", "--scale");
        if (command is null)
            return 0;
        string method = command.Method("neural", "neural-clean", "neural-fast", "neural-fast-clean", "easu", "lanczos", "bicubic", "bilinear", UpscaleMethods.Restore);
        double scale = command.Number("--scale", method == UpscaleMethods.Restore ? 1 : 2, 1, 8);
        if (!UpscaleMethods.HasScale(method, scale))
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--method {method} does not enlarge {scale} times; add --method easu for --scale {scale}."));
        var runner = new UpscaleRunner(method, scale);
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
