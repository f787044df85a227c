using System.Buffers.Text;
using System.Text;

namespace RtcEnhance.Video;

/// <summary>What a YUV4MPEG2 stream header says. Immutable. Thread-safe.</summary>
public sealed record Y4mHeader
{
    internal const int MaxLineBytes = 1024;

    /// <summary>Width in pixels, 1 to <see cref="VideoFramePool.MaxDimension"/>.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels, 1 to <see cref="VideoFramePool.MaxDimension"/>.</summary>
    public required int Height { get; init; }

    /// <summary>Frames per second: numerator, at least 1.</summary>
    public int RateNumerator { get; init; } = 30;

    /// <summary>Frames per second: denominator, at least 1.</summary>
    public int RateDenominator { get; init; } = 1;

    /// <summary>The chroma tag without its C: 420jpeg (centred), 420mpeg2 (left), 420paldv, 420 or mono.</summary>
    public string Chroma { get; init; } = "420jpeg";

    /// <summary>The value range: XCOLORRANGE, or limited where the stream does not say.</summary>
    public ColorRange Range { get; init; } = ColorRange.Limited;

    /// <summary>True for a stream of luma alone.</summary>
    public bool IsMono => Chroma == "mono";

    /// <summary>Frames per second.</summary>
    public double FramesPerSecond => (double)RateNumerator / RateDenominator;

    internal static Y4mHeader Parse(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("YUV4MPEG2"u8) || (line.Length > 9 && line[9] != ' '))
            throw new MediaFormatException("A y4m stream begins with 'YUV4MPEG2'.");
        int width = 0;
        int height = 0;
        (int Numerator, int Denominator) rate = (30, 1);
        string chroma = "420jpeg";
        ColorRange range = ColorRange.Limited;
        foreach (Range part in line[9..].Split((byte)' '))
        {
            ReadOnlySpan<byte> field = line[9..][part];
            if (field.IsEmpty)
                continue;
            ReadOnlySpan<byte> value = field[1..];
            switch (field[0])
            {
                case (byte)'W':
                    width = Dimension(value, "width");
                    break;
                case (byte)'H':
                    height = Dimension(value, "height");
                    break;
                case (byte)'F':
                    rate = Rate(value);
                    break;
                case (byte)'I':
                    RequireProgressive(value);
                    break;
                case (byte)'C':
                    chroma = KnownChroma(value);
                    break;
                case (byte)'X' when value.SequenceEqual("COLORRANGE=FULL"u8):
                    range = ColorRange.Full;
                    break;
            }
        }

        if (width == 0 || height == 0)
            throw new MediaFormatException("The y4m header names no width (W) or no height (H).");
        return new Y4mHeader
        {
            Width = width,
            Height = height,
            RateNumerator = rate.Numerator,
            RateDenominator = rate.Denominator,
            Chroma = chroma,
            Range = range,
        };
    }

    internal byte[] Format()
    {
        string range = Range == ColorRange.Full ? " XCOLORRANGE=FULL" : string.Empty;
        return Encoding.ASCII.GetBytes(
            $"YUV4MPEG2 W{Width} H{Height} F{RateNumerator}:{RateDenominator} Ip A1:1 C{Chroma}{range}\n");
    }

    private static int Dimension(ReadOnlySpan<byte> value, string name)
    {
        if (Utf8Parser.TryParse(value, out int number, out int used) && used == value.Length
            && number is >= 1 and <= VideoFramePool.MaxDimension)
        {
            return number;
        }

        throw new MediaFormatException($"The y4m {name} '{Text(value)}' is not 1 to {VideoFramePool.MaxDimension}.");
    }

    // 0:0 is the format's "unknown"; such streams are played at the default rate.
    private static (int Numerator, int Denominator) Rate(ReadOnlySpan<byte> value)
    {
        int colon = value.IndexOf((byte)':');
        if (colon > 0
            && Utf8Parser.TryParse(value[..colon], out int numerator, out int used) && used == colon
            && Utf8Parser.TryParse(value[(colon + 1)..], out int denominator, out used) && used == value.Length - colon - 1
            && numerator >= 0 && denominator >= 0)
        {
            return numerator == 0 || denominator == 0 ? (30, 1) : (numerator, denominator);
        }

        throw new MediaFormatException($"The y4m frame rate '{Text(value)}' is not N:M.");
    }

    private static void RequireProgressive(ReadOnlySpan<byte> value)
    {
        if (!value.SequenceEqual("p"u8) && !value.SequenceEqual("?"u8))
            throw new MediaFormatException($"The y4m stream is interlaced (I{Text(value)}); only progressive streams are read.");
    }

    private static string KnownChroma(ReadOnlySpan<byte> value)
    {
        string name = Text(value);
        return name is "420jpeg" or "420mpeg2" or "420paldv" or "420" or "mono"
            ? name
            : throw new MediaFormatException($"The y4m chroma 'C{name}' is not 8-bit 4:2:0 or mono.");
    }

    private static string Text(ReadOnlySpan<byte> value)
    {
        const int most = 32;
        return string.Create(Math.Min(value.Length, most), value, static (text, bytes) =>
        {
            for (int i = 0; i < text.Length; i++)
                text[i] = bytes[i] is >= 0x20 and < 0x7f ? (char)bytes[i] : '?';
        });
    }
}
