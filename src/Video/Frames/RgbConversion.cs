namespace RtcEnhance.Video;

/// <summary>Packed R'G'B' to and from frames. Thread-safe on different frames.</summary>
internal static class RgbConversion
{
    private const int Half = 1 << (ColorCoefficients.Bits - 1);

    public static void Import(in HostPicture source, VideoFrame target)
    {
        ColorCoefficients c = ColorCoefficients.For(target.Matrix, target.Range);
        Order order = Order.Of(source.Format);
        int rowBytes = source.Width * order.Bytes;
        for (int y = 0; y < source.Height; y += 2)
        {
            Span<byte> upper = HostPicture.Row(source.Plane0, source.Stride0, rowBytes, source.Height, y);
            bool hasLower = y + 1 < source.Height;
            Span<byte> lower = hasLower
                ? HostPicture.Row(source.Plane0, source.Stride0, rowBytes, source.Height, y + 1)
                : upper;
            Luma(upper, target.Y.Row(y), order, c);
            if (hasLower)
                Luma(lower, target.Y.Row(y + 1), order, c);

            if (target.Layout == FrameLayout.I420)
                Chroma(upper, lower, target.U.Row(y / 2), target.V.Row(y / 2), 1, source.Width, order, c);
            else
                Chroma(upper, lower, target.UV.Row(y / 2), target.UV.Row(y / 2)[1..], 2, source.Width, order, c);
        }
    }

    public static void Export(VideoFrame source, in HostPicture target)
    {
        ColorCoefficients c = ColorCoefficients.For(source.Matrix, source.Range);
        Order order = Order.Of(target.Format);
        int rowBytes = target.Width * order.Bytes;
        for (int y = 0; y < source.Height; y++)
        {
            Span<byte> row = HostPicture.Row(target.Plane0, target.Stride0, rowBytes, target.Height, y);
            if (source.Layout == FrameLayout.I420)
                Pixels(source.Y.Row(y), source.U.Row(y / 2), source.V.Row(y / 2), 1, row, order, c);
            else
                Pixels(source.Y.Row(y), source.UV.Row(y / 2), source.UV.Row(y / 2)[1..], 2, row, order, c);
        }
    }

    private static void Luma(ReadOnlySpan<byte> rgb, Span<byte> luma, Order order, in ColorCoefficients c)
    {
        int offset = (c.LumaOffset << ColorCoefficients.Bits) + Half;
        int yr = c.YR;
        int yg = c.YG;
        int yb = c.YB;
        for (int x = 0, at = 0; x < luma.Length; x++, at += order.Bytes)
        {
            ReadOnlySpan<byte> pixel = rgb.Slice(at, 3);
            int sum = (yr * pixel[order.Red]) + (yg * pixel[1]) + (yb * pixel[order.Blue]) + offset;
            luma[x] = (byte)(sum >> ColorCoefficients.Bits);
        }
    }

    // Sums of four pixels, so the shift has two bits more. An odd edge repeats its last pixel.
    private static void Chroma(
        ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, Span<byte> u, Span<byte> v, int step, int width, Order order,
        in ColorCoefficients c)
    {
        const int shift = ColorCoefficients.Bits + 2;
        const int offset = (128 << shift) + (1 << (shift - 1));
        for (int x = 0, at = 0; x < width; x += 2, at += step)
        {
            int left = x * order.Bytes;
            int right = Math.Min(x + 1, width - 1) * order.Bytes;
            int red = upper[left + order.Red] + upper[right + order.Red] + lower[left + order.Red] + lower[right + order.Red];
            int green = upper[left + 1] + upper[right + 1] + lower[left + 1] + lower[right + 1];
            int blue = upper[left + order.Blue] + upper[right + order.Blue] + lower[left + order.Blue] + lower[right + order.Blue];
            u[at] = Clamp(((c.UR * red) + (c.UG * green) + (c.UB * blue) + offset) >> shift);
            v[at] = Clamp(((c.VR * red) + (c.VG * green) + (c.VB * blue) + offset) >> shift);
        }
    }

    private static void Pixels(
        ReadOnlySpan<byte> luma, ReadOnlySpan<byte> u, ReadOnlySpan<byte> v, int step, Span<byte> row, Order order,
        in ColorCoefficients c)
    {
        int yy = c.Y;
        int lumaOffset = Half - (c.LumaOffset * yy);
        int red = 0;
        int green = 0;
        int blue = 0;
        for (int x = 0, at = 0; x < luma.Length; x++, at += order.Bytes)
        {
            if ((x & 1) == 0)
            {
                int cb = u[(x / 2) * step] - 128;
                int cr = v[(x / 2) * step] - 128;
                red = (c.RV * cr) + lumaOffset;
                green = (c.GU * cb) + (c.GV * cr) + lumaOffset;
                blue = (c.BU * cb) + lumaOffset;
            }

            int light = yy * luma[x];
            Span<byte> pixel = row.Slice(at, order.Bytes);
            pixel[order.Red] = Clamp((light + red) >> ColorCoefficients.Bits);
            pixel[1] = Clamp((light + green) >> ColorCoefficients.Bits);
            pixel[order.Blue] = Clamp((light + blue) >> ColorCoefficients.Bits);
            if (pixel.Length == 4)
                pixel[3] = 255;
        }
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);

    private readonly record struct Order(int Red, int Blue, int Bytes)
    {
        public static Order Of(HostPixelFormat format) => format switch
        {
            HostPixelFormat.Rgb24 => new(0, 2, 3),
            HostPixelFormat.Bgr24 => new(2, 0, 3),
            _ => new(2, 0, 4),
        };
    }
}
