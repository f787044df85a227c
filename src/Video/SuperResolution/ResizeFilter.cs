namespace RtcEnhance.Video;

/// <summary>A continuous, even interpolation kernel. Thread-safe.</summary>
internal sealed class ResizeFilter
{
    private readonly Func<double, double> _weight;

    private ResizeFilter(double radius, Func<double, double> weight)
    {
        Radius = radius;
        _weight = weight;
    }

    /// <summary>The triangle.</summary>
    public static ResizeFilter Bilinear { get; } = new(1, x => 1 - x);

    /// <summary>The cubic of Keys, "Cubic convolution interpolation", 1981, with a = -0.5.</summary>
    public static ResizeFilter Bicubic { get; } = new(2, x => x <= 1
        ? (((1.5 * x) - 2.5) * x * x) + 1
        : (((((-0.5 * x) + 2.5) * x) - 4) * x) + 2);

    /// <summary>sinc(x) sinc(x / 3).</summary>
    public static ResizeFilter Lanczos3 { get; } = new(3, x => Sinc(x) * Sinc(x / 3));

    /// <summary>Samples farther away than this weigh nothing.</summary>
    public double Radius { get; }

    /// <summary>The kernel's value.</summary>
    /// <param name="x">Distance in samples, either sign.</param>
    /// <returns>The weight, not normalised.</returns>
    public double Weight(double x)
    {
        x = Math.Abs(x);
        return x < Radius ? _weight(x) : 0;
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
}
