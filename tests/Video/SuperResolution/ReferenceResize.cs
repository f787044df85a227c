namespace RtcEnhance.Tests.Video;

/// <summary>The filters in double precision, sample by sample, straight from their definitions.</summary>
internal static class ReferenceResize
{
    public static double[] Resize(string filter, byte[] source, int width, int height, int targetWidth, int targetHeight)
    {
        var result = new double[targetWidth * targetHeight];
        for (int y = 0; y < targetHeight; y++)
        {
            (int Index, double Weight)[] rows = Taps(filter, y, height, targetHeight);
            for (int x = 0; x < targetWidth; x++)
            {
                double sum = 0;
                foreach ((int column, double columnWeight) in Taps(filter, x, width, targetWidth))
                {
                    foreach ((int row, double rowWeight) in rows)
                        sum += columnWeight * rowWeight * source[(row * width) + column];
                }

                result[(y * targetWidth) + x] = sum;
            }
        }

        return result;
    }

    private static (int Index, double Weight)[] Taps(string filter, int target, int length, int targetLength)
    {
        double step = (double)length / targetLength;
        double stretch = Math.Max(1, step);
        double center = ((target + 0.5) * step) - 0.5;
        int reach = (int)Math.Ceiling(3 * stretch) + 1;
        var taps = new List<(int Index, double Weight)>();
        for (int s = (int)center - reach; s <= (int)center + reach; s++)
        {
            double weight = Kernel(filter, Math.Abs(s - center) / stretch);
            if (weight != 0)
                taps.Add((Math.Clamp(s, 0, length - 1), weight));
        }

        double sum = taps.Sum(tap => tap.Weight);
        return [.. taps.Select(tap => (tap.Index, tap.Weight / sum))];
    }

    private static double Kernel(string filter, double x) => filter switch
    {
        "bilinear" => Math.Max(0, 1 - x),
        "bicubic" when x <= 1 => (1.5 * Math.Pow(x, 3)) - (2.5 * x * x) + 1,
        "bicubic" when x < 2 => (-0.5 * Math.Pow(x, 3)) + (2.5 * x * x) - (4 * x) + 2,
        "lanczos" when x < 3 => Sinc(x) * Sinc(x / 3),
        _ => 0,
    };

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
}
