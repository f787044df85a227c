namespace RtcEnhance.Video;

/// <summary>
/// The weights between R'G'B' and Y'CbCr for one matrix and range, as whole numbers in units of 2^-16. Thread-safe.
/// </summary>
/// <remarks>Source: ITU-R BT.601-7 section 2.5, BT.709-6 section 3; each row sums to what grey needs, so greys stay grey.</remarks>
internal readonly struct ColorCoefficients
{
    public const int Bits = 16;

    private ColorCoefficients(double red, double blue, bool full)
    {
        const double one = 1 << Bits;
        double green = 1 - red - blue;
        double lumaSpan = full ? 1 : 219.0 / 255;
        double chromaSpan = full ? 1 : 224.0 / 255;
        LumaOffset = full ? 0 : 16;

        YR = (int)Math.Round(red * lumaSpan * one);
        YB = (int)Math.Round(blue * lumaSpan * one);
        YG = (int)Math.Round(lumaSpan * one) - YR - YB;
        double u = chromaSpan * one / (2 * (1 - blue));
        UR = (int)Math.Round(-red * u);
        UG = (int)Math.Round(-green * u);
        UB = -UR - UG;
        double v = chromaSpan * one / (2 * (1 - red));
        VG = (int)Math.Round(-green * v);
        VB = (int)Math.Round(-blue * v);
        VR = -VG - VB;

        Y = (int)Math.Round(one / lumaSpan);
        RV = (int)Math.Round(2 * (1 - red) * one / chromaSpan);
        BU = (int)Math.Round(2 * (1 - blue) * one / chromaSpan);
        GU = (int)Math.Round(-2 * (1 - blue) * blue / green * one / chromaSpan);
        GV = (int)Math.Round(-2 * (1 - red) * red / green * one / chromaSpan);
    }

    public int LumaOffset { get; }

    public int YR { get; }

    public int YG { get; }

    public int YB { get; }

    public int UR { get; }

    public int UG { get; }

    public int UB { get; }

    public int VR { get; }

    public int VG { get; }

    public int VB { get; }

    public int Y { get; }

    public int RV { get; }

    public int GU { get; }

    public int GV { get; }

    public int BU { get; }

    public static ColorCoefficients For(ColorMatrix matrix, ColorRange range)
        => matrix == ColorMatrix.Bt709
            ? new(0.2126, 0.0722, range == ColorRange.Full)
            : new(0.299, 0.114, range == ColorRange.Full);
}
