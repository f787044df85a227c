namespace RtcEnhance.Benchmarks;

/// <summary>Full-range BT.601 Y'CbCr at full size, as JPEG has it, in double precision: both ways within 1. Thread-safe.</summary>
internal static class FullRangeColor
{
    /// <summary>Planes Y, Cb, Cr.</summary>
    public static byte[][] ToPlanes(RgbImage image)
    {
        int count = image.Width * image.Height;
        byte[][] planes = [new byte[count], new byte[count], new byte[count]];
        for (int i = 0; i < count; i++)
        {
            double red = image.Pixels[3 * i];
            double green = image.Pixels[(3 * i) + 1];
            double blue = image.Pixels[(3 * i) + 2];
            double luma = (0.299 * red) + (0.587 * green) + (0.114 * blue);
            planes[0][i] = ToByte(luma);
            planes[1][i] = ToByte(128 + ((blue - luma) / 1.772));
            planes[2][i] = ToByte(128 + ((red - luma) / 1.402));
        }

        return planes;
    }

    /// <summary>The picture of three planes.</summary>
    public static RgbImage ToImage(byte[][] planes, int width, int height)
    {
        var pixels = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++)
        {
            double luma = planes[0][i];
            double blue = planes[1][i] - 128;
            double red = planes[2][i] - 128;
            pixels[3 * i] = ToByte(luma + (1.402 * red));
            pixels[(3 * i) + 1] = ToByte(luma - (0.344136 * blue) - (0.714136 * red));
            pixels[(3 * i) + 2] = ToByte(luma + (1.772 * blue));
        }

        return new RgbImage(width, height, pixels);
    }

    private static byte ToByte(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}
