namespace RtcEnhance.Loopback.Report.Media;

/// <summary>Cuts and shrinks RGB pictures. Thread-safe.</summary>
internal static class Picture
{
    /// <summary>Copies a rectangle out of a picture.</summary>
    public static byte[] Crop(byte[] pixels, int width, int left, int top, int cropWidth, int cropHeight)
    {
        var crop = new byte[cropWidth * cropHeight * 3];
        for (var y = 0; y < cropHeight; y++)
            pixels.AsSpan((((top + y) * width) + left) * 3, cropWidth * 3).CopyTo(crop.AsSpan(y * cropWidth * 3));
        return crop;
    }

    /// <summary>Averages squares of pixels into one, leaving out what does not fill a square.</summary>
    public static byte[] Shrink(byte[] pixels, int width, int height, int factor)
    {
        var (smallWidth, smallHeight) = (width / factor, height / factor);
        var small = new byte[smallWidth * smallHeight * 3];
        for (var i = 0; i < small.Length; i++)
        {
            var (x, y, channel) = (i / 3 % smallWidth * factor, i / 3 / smallWidth * factor, i % 3);
            var sum = 0;
            for (var n = 0; n < factor * factor; n++)
                sum += pixels[((((y + (n / factor)) * width) + x + (n % factor)) * 3) + channel];
            small[i] = (byte)((sum + (factor * factor / 2)) / (factor * factor));
        }

        return small;
    }

    /// <summary>Where, in steps of 8 pixels, a window of this size sees the largest squared difference.</summary>
    public static (int Left, int Top) MostDifferent(FramePair pair, int windowWidth, int windowHeight)
    {
        var (columns, rows) = (pair.Width / 8, pair.Height / 8);
        var sums = new long[rows + 1, columns + 1];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                sums[row + 1, column + 1] = Difference(pair, column * 8, row * 8)
                    + sums[row, column + 1] + sums[row + 1, column] - sums[row, column];
            }
        }

        var (wide, high) = (Math.Min(columns, windowWidth / 8), Math.Min(rows, windowHeight / 8));
        var (best, left, top) = (-1L, 0, 0);
        for (var row = 0; row + high <= rows; row++)
        {
            for (var column = 0; column + wide <= columns; column++)
            {
                var sum = sums[row + high, column + wide] - sums[row, column + wide]
                    - sums[row + high, column] + sums[row, column];
                if (sum > best)
                    (best, left, top) = (sum, column * 8, row * 8);
            }
        }

        return (left, top);
    }

    private static long Difference(FramePair pair, int left, int top)
    {
        long sum = 0;
        for (var y = top; y < top + 8; y++)
        {
            var offset = ((y * pair.Width) + left) * 3;
            for (var i = offset; i < offset + 24; i++)
                sum += (pair.Before[i] - pair.After[i]) * (pair.Before[i] - pair.After[i]);
        }

        return sum;
    }
}
