namespace RtcEnhance.Tests.Video;

/// <summary>
/// Edge-adaptive upsampling of luma in double precision, step by step as ffx_fsr1.h describes it (AMD, MIT): rotated
/// offsets and all, one output sample at a time.
/// </summary>
internal static class ReferenceEasu
{
    public static double[] Resize(byte[] source, int width, int height, int targetWidth, int targetHeight)
    {
        var result = new double[targetWidth * targetHeight];
        for (int y = 0; y < targetHeight; y++)
        {
            for (int x = 0; x < targetWidth; x++)
            {
                double px = ((x + 0.5) * width / targetWidth) - 0.5;
                double py = ((y + 0.5) * height / targetHeight) - 0.5;
                int fx = (int)Math.Floor(px);
                int fy = (int)Math.Floor(py);
                result[(y * targetWidth) + x] = Sample(
                    (dx, dy) => source[(Math.Clamp(fy + dy, 0, height - 1) * width) + Math.Clamp(fx + dx, 0, width - 1)] / 255.0,
                    px - fx,
                    py - fy) * 255;
            }
        }

        return result;
    }

    private static double Sample(Func<int, int, double> tap, double px, double py)
    {
        double directionX = 0, directionY = 0, length = 0;
        for (int dy = 0; dy < 2; dy++)
        {
            for (int dx = 0; dx < 2; dx++)
            {
                double weight = (dx == 0 ? 1 - px : px) * (dy == 0 ? 1 - py : py);
                double center = 2 * tap(dx, dy);
                (double gx, double lx) = Axis(2 * tap(dx - 1, dy), center, 2 * tap(dx + 1, dy));
                (double gy, double ly) = Axis(2 * tap(dx, dy - 1), center, 2 * tap(dx, dy + 1));
                directionX += gx * weight;
                directionY += gy * weight;
                length += ((lx * lx) + (ly * ly)) * weight;
            }
        }

        double squared = (directionX * directionX) + (directionY * directionY);
        if (squared < 1.0 / 32768)
        {
            directionX = 1;
            directionY = 0;
        }
        else
        {
            directionX /= Math.Sqrt(squared);
            directionY /= Math.Sqrt(squared);
        }

        length = length * 0.5 * length * 0.5;
        double stretch = ((directionX * directionX) + (directionY * directionY)) / Math.Max(Math.Abs(directionX), Math.Abs(directionY));
        double scaleX = 1 + ((stretch - 1) * length);
        double scaleY = 1 - (0.5 * length);
        double lobe = 0.5 + ((0.25 - 0.04 - 0.5) * length);
        double sum = 0, weights = 0;
        for (int dy = -1; dy <= 2; dy++)
        {
            for (int dx = -1; dx <= 2; dx++)
            {
                if (dx is -1 or 2 && dy is -1 or 2)
                    continue;
                double vx = (((dx - px) * directionX) + ((dy - py) * directionY)) * scaleX;
                double vy = (((dx - px) * -directionY) + ((dy - py) * directionX)) * scaleY;
                double distance = Math.Min((vx * vx) + (vy * vy), 1 / lobe);
                double shape = (25.0 / 16 * Math.Pow((0.4 * distance) - 1, 2)) - (25.0 / 16 - 1);
                double weight = shape * Math.Pow((lobe * distance) - 1, 2);
                sum += weight * tap(dx, dy);
                weights += weight;
            }
        }

        double[] nearest = [tap(0, 0), tap(1, 0), tap(0, 1), tap(1, 1)];
        return Math.Clamp(sum / weights, nearest.Min(), nearest.Max());
    }

    private static (double Gradient, double Length) Axis(double before, double center, double after)
    {
        double step = Math.Max(Math.Abs(after - center), Math.Abs(center - before));
        double gradient = after - before;
        return (gradient, step == 0 ? 0 : Math.Min(1, Math.Abs(gradient) / step));
    }
}
