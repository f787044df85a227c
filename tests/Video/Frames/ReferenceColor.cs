using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

/// <summary>R'G'B' and Y'CbCr in double precision from the definitions in BT.601 and BT.709.</summary>
internal static class ReferenceColor
{
    public static (double[] Y, double[] U, double[] V) ToPlanes(
        byte[] pixels, int width, int height, int size, int red, int blue, ColorMatrix matrix, ColorRange range)
    {
        int chromaWidth = (width + 1) / 2;
        int chromaHeight = (height + 1) / 2;
        var y = new double[width * height];
        var u = new double[chromaWidth * chromaHeight];
        var v = new double[u.Length];
        for (int i = 0; i < y.Length; i++)
            y[i] = Luma(pixels[(size * i) + red], pixels[(size * i) + 1], pixels[(size * i) + blue], matrix, range).Y;
        for (int i = 0; i < u.Length; i++)
        {
            double r = 0, g = 0, b = 0;
            for (int n = 0; n < 4; n++)
            {
                int column = Math.Min((2 * (i % chromaWidth)) + (n % 2), width - 1);
                int row = Math.Min((2 * (i / chromaWidth)) + (n / 2), height - 1);
                int at = size * ((row * width) + column);
                r += pixels[at + red] / 4.0;
                g += pixels[at + 1] / 4.0;
                b += pixels[at + blue] / 4.0;
            }

            (_, u[i], v[i]) = Luma(r, g, b, matrix, range);
        }

        return (y, u, v);
    }

    public static double[] ToRgb(
        byte[] y, byte[] u, byte[] v, int width, int height, int size, int red, int blue, ColorMatrix matrix, ColorRange range)
    {
        (double kr, double kb) = Weights(matrix);
        var rgb = new double[width * height * size];
        for (int i = 0; i < y.Length; i++)
        {
            int chroma = ((i / width / 2) * ((width + 1) / 2)) + (i % width / 2);
            bool full = range == ColorRange.Full;
            double light = full ? y[i] : (y[i] - 16) * 255.0 / 219;
            double cb = (u[chroma] - 128) * (full ? 1 : 255.0 / 224);
            double cr = (v[chroma] - 128) * (full ? 1 : 255.0 / 224);
            double r = light + (2 * (1 - kr) * cr);
            double b = light + (2 * (1 - kb) * cb);
            rgb[(size * i) + red] = r;
            rgb[(size * i) + blue] = b;
            rgb[(size * i) + 1] = (light - (kr * r) - (kb * b)) / (1 - kr - kb);
            if (size == 4)
                rgb[(size * i) + 3] = 255;
        }

        return rgb;
    }

    private static (double Y, double U, double V) Luma(double r, double g, double b, ColorMatrix matrix, ColorRange range)
    {
        (double kr, double kb) = Weights(matrix);
        double y = (kr * r) + ((1 - kr - kb) * g) + (kb * b);
        double u = (b - y) / (2 * (1 - kb));
        double v = (r - y) / (2 * (1 - kr));
        return range == ColorRange.Full
            ? (y, 128 + u, 128 + v)
            : (16 + (y * 219 / 255), 128 + (u * 224 / 255), 128 + (v * 224 / 255));
    }

    private static (double Red, double Blue) Weights(ColorMatrix matrix)
        => matrix == ColorMatrix.Bt709 ? (0.2126, 0.0722) : (0.299, 0.114);
}
