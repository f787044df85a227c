using RtcEnhance.Benchmarks.CodedVideo;
using RtcEnhance.FFmpegCli;
using RtcEnhance.Testing.Metrics;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.ContactSheet;

/// <summary>`rtc bench sheet`: crops as each upscaler makes them, the original last, as one picture. One thread at a time.</summary>
internal static class ContactSheetBenchmark
{
    private const int Enlargement = 3;
    private const int TextScale = 2;
    private const int Gap = 8;
    private const int TextHeight = (PixelFont.Height * TextScale) + Gap;
    private const int CellWidth = (SheetCrop.Width * Enlargement) + Gap;
    private const int CellHeight = (SheetCrop.Height * Enlargement) + Gap + TextHeight;

    public static BenchReport Run(BenchArguments arguments)
    {
        string data = arguments.DataDirectory ?? throw new InvalidOperationException("sheet needs --data DIR with the folder video.");
        string output = arguments.OutputPath ?? throw new InvalidOperationException("sheet needs --out FILE.png.");
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("rtc-sheet");
        try
        {
            IClipUpscaler[] upscalers =
            [
                ClipUpscalers.Create(ClipUpscalers.Bicubic),
                ClipUpscalers.Create(ClipUpscalers.Easu),
                .. arguments.Peers.Select(peer => new PeerClipUpscaler(peer, scratch.FullName)),
                // The default weights alone, in all rows: a sheet of six columns can be read.
                .. ClipUpscalers.Neural.Where(name => !name.EndsWith("-clean", StringComparison.Ordinal)).Select(name => ClipUpscalers.Create(name)),
                .. arguments.Models.SelectMany(model => ClipUpscalers.Create(model).Take(1)),
            ];
            var report = new BenchReport { IsKept = false };
            report.Tables.Add(Draw(Path.Combine(data, "video"), scratch.FullName, upscalers, output));
            report.Notes.Add($"drawn: {output}");
            return report;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static BenchTable Draw(string folder, string scratch, IClipUpscaler[] upscalers, string output)
    {
        var chain = new CodecChain(scratch);
        string[] names = [.. upscalers.Select(upscaler => upscaler.Name)];
        var table = new BenchTable($"luma PSNR of the crops, dB; {SheetCrop.Width}x{SheetCrop.Height} pixels", ["crop", "file", "picture", "x", "y", .. names]);
        var canvas = new SheetCanvas(Gap + ((upscalers.Length + 1) * CellWidth), Gap + TextHeight + (SheetCrop.All.Count * CellHeight));
        string[] heads = [.. names, "original"];
        for (int i = 0; i < heads.Length; i++)
            canvas.Write(heads[i], TextScale, Gap + (i * CellWidth), Gap);
        for (int row = 0; row < SheetCrop.All.Count; row++)
        {
            SheetCrop crop = SheetCrop.All[row];
            int top = Gap + TextHeight + (row * CellHeight);
            (I420Clip low, I420Clip original) = Pictures(chain, folder, crop);
            I420Clip[] pictures = [.. upscalers.Select(upscaler => upscaler.Upscale(low)), original];
            canvas.Write(crop.Label, TextScale, Gap, top);
            for (int i = 0; i < pictures.Length; i++)
                canvas.Draw(ToRgb(pictures[i]), crop.X, crop.Y, SheetCrop.Width, SheetCrop.Height, Enlargement, Gap + (i * CellWidth), top + TextHeight);
            table.Add([crop.Label, crop.File, crop.Frame, crop.X, crop.Y, .. pictures[..^1].Select(picture => (object?)Psnr.Compute(Part(original, crop), Part(picture, crop)))]);
        }

        canvas.ToImage().Write(FFmpegExecutable.Find(), output);
        return table;
    }

    private static (I420Clip Low, I420Clip Original) Pictures(CodecChain chain, string folder, SheetCrop crop)
    {
        string original = chain.Original(Path.Combine(folder, crop.File), crop.Filter, crop.Frame + 1);
        string low = chain.Reduce(original);
        if (crop.Codec is { } codec)
            low = chain.Code(low, codec, crop.Kbits).Decoded;
        return (I420Clip.Read(low).Pick([crop.Frame]), I420Clip.Read(original).Pick([crop.Frame]));
    }

    private static PlaneView Part(I420Clip picture, SheetCrop crop)
        => new(picture.Frames[0].AsSpan((crop.Y * picture.Width) + crop.X), SheetCrop.Width, SheetCrop.Height, picture.Width);

    private static RgbImage ToRgb(I420Clip picture)
    {
        using VideoFrame frame = new VideoFramePool(1).Rent(picture.Width, picture.Height)!;
        picture.Import(0, frame);
        var pixels = new byte[3 * picture.Width * picture.Height];
        return FrameConverter.TryExport(frame, HostPicture.Contiguous(HostPixelFormat.Rgb24, pixels, picture.Width, picture.Height), out string? reason)
            ? new RgbImage(picture.Width, picture.Height, pixels)
            : throw new InvalidOperationException(reason);
    }
}
