using System.Runtime.CompilerServices;

namespace RtcEnhance.Video;

/// <summary>
/// The arithmetic of edge-adaptive upsampling for a vector of output samples; where the samples come from is
/// <see cref="EasuPlane"/>'s business. Samples are 0 to 255. Thread-safe.
/// </summary>
/// <remarks>
/// Source: EASU in ffx_fsr1.h of AMD FidelityFX Super Resolution 1 (MIT), with true divisions in place of its
/// approximations. The twelve taps round the output sample, f being the source sample at or before it:
/// <code>
///     b c
///   e f g h
///   i j k l
///     n o
/// </code>
/// </remarks>
internal static class EasuKernel
{
    // Below this squared gradient there is no direction. The shader's 1/32768 is for luma doubled, from 0 to 2.
    private const float FlatGradientSquared = 127.5f * 127.5f / 32768f;

    /// <summary>Gradient and edge strength at one source sample, from its four neighbours.</summary>
    /// <param name="left">The sample to the left, and so on.</param>
    /// <param name="up">Above.</param>
    /// <param name="center">The sample itself.</param>
    /// <param name="down">Below.</param>
    /// <param name="right">To the right.</param>
    /// <param name="gradientX">right - left.</param>
    /// <param name="gradientY">down - up.</param>
    /// <param name="length">0 where both axes reverse (a line or noise) to 2 where both run on (an edge or ramp).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Analyse<TLanes>(
        TLanes left, TLanes up, TLanes center, TLanes down, TLanes right,
        out TLanes gradientX, out TLanes gradientY, out TLanes length)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        gradientX = right - left;
        gradientY = down - up;
        TLanes lengthX = Continuity(gradientX, right - center, center - left);
        TLanes lengthY = Continuity(gradientY, down - center, center - up);
        length = TLanes.MultiplyAdd(lengthX, lengthX, lengthY * lengthY);
    }

    /// <summary>
    /// The windows of a row of output samples: d^2 = A x^2 + B x y + C y^2, and the reciprocal of the squared radius.
    /// </summary>
    /// <param name="terms">Gradient x, gradient y and length left of each output sample, vertically blended.</param>
    /// <param name="term">Elements from one term to the next.</param>
    /// <param name="right">Elements from a term left of the output sample to the one right of it.</param>
    /// <param name="phases">Position between left and right, 0 to 1, for each output sample.</param>
    /// <param name="windows">Receives A, B, C and the reciprocal.</param>
    /// <param name="window">Elements from one of these four to the next.</param>
    /// <param name="count">Output samples; up to a whole vector more is read and written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ShapeRow<TLanes>(
        ref float terms, nint term, nint right, ref float phases, ref float windows, nint window, int count)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        TLanes one = TLanes.Create(1);
        TLanes zero = TLanes.Create(0);
        TLanes flat = TLanes.Create(FlatGradientSquared);
        for (nint i = 0; i < count; i += TLanes.Count)
        {
            TLanes phase = TLanes.Load(ref phases, i);
            TLanes gradientX = Between(ref terms, i, right, phase);
            TLanes gradientY = Between(ref terms, term + i, right, phase);
            TLanes edge = Between(ref terms, (2 * term) + i, right, phase) * TLanes.Create(0.5f);
            edge *= edge;

            TLanes xx = gradientX * gradientX;
            TLanes yy = gradientY * gradientY;
            TLanes xy = gradientX * gradientY;
            TLanes sum = xx + yy;
            xx = TLanes.SelectLess(sum, flat, one, xx);
            yy = TLanes.SelectLess(sum, flat, zero, yy);
            xy = TLanes.SelectLess(sum, flat, zero, xy);
            sum = TLanes.SelectLess(sum, flat, one, sum);

            // One division serves both 1 / sum, which normalises the direction, and sum / larger, whose root (1 for an
            // upright edge to sqrt 2 for a diagonal one) stretches the window along the gradient.
            TLanes larger = TLanes.Max(xx, yy);
            TLanes reciprocal = one / (sum * larger);
            TLanes stretch = TLanes.Sqrt(sum * sum * reciprocal);
            TLanes normalise = larger * reciprocal;

            TLanes across = TLanes.MultiplyAdd(stretch - one, edge, one);
            TLanes along = TLanes.MultiplyAdd(TLanes.Create(-0.5f), edge, one);
            across *= across;
            along *= along;
            TLanes a = TLanes.MultiplyAdd(across, xx, along * yy) * normalise;
            a.Store(ref windows, i);
            ((across - along) * (xy + xy) * normalise).Store(ref windows, window + i);
            (across + along - a).Store(ref windows, (2 * window) + i);
            TLanes.MultiplyAdd(TLanes.Create(0.21f - 0.5f), edge, TLanes.Create(0.5f)).Store(ref windows, (3 * window) + i);
        }
    }

    /// <summary>The output samples of a row, rounded so that truncation makes bytes of them.</summary>
    /// <param name="taps">The rows of taps.</param>
    /// <param name="phases">Position right of f, 0 to 1, for each output sample.</param>
    /// <param name="phaseY">Position below f, 0 to 1.</param>
    /// <param name="windows">As <see cref="ShapeRow"/> wrote them.</param>
    /// <param name="window">Elements from one of these four to the next.</param>
    /// <param name="output">Receives the samples, 0.5 to less than 256.</param>
    /// <param name="count">Output samples; up to a whole vector more is read and written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ResolveRow<TLanes>(
        scoped EasuTaps taps, ref float phases, float phaseY, ref float windows, nint window, ref float output, int count)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        nint column = taps.Column;
        TLanes dy0 = TLanes.Create(-1 - phaseY);
        TLanes dy1 = TLanes.Create(-phaseY);
        TLanes dy2 = TLanes.Create(1 - phaseY);
        TLanes dy3 = TLanes.Create(2 - phaseY);
        for (nint i = 0; i < count; i += TLanes.Count)
        {
            TLanes a = TLanes.Load(ref windows, i);
            TLanes b = TLanes.Load(ref windows, window + i);
            TLanes c = TLanes.Load(ref windows, (2 * window) + i);
            TLanes lobe = TLanes.Load(ref windows, (3 * window) + i);
            TLanes x1 = TLanes.Create(0) - TLanes.Load(ref phases, i);
            TLanes x0 = x1 - TLanes.Create(1);
            TLanes x2 = x1 + TLanes.Create(1);
            TLanes x3 = x1 + TLanes.Create(2);
            TLanes ax0 = a * x0 * x0;
            TLanes ax1 = a * x1 * x1;
            TLanes ax2 = a * x2 * x2;
            TLanes ax3 = a * x3 * x3;
            TLanes sum = TLanes.Create(0);
            TLanes weights = TLanes.Create(0);

            TLanes by = b * dy0;
            TLanes cy = c * dy0 * dy0;
            Tap(TLanes.MultiplyAdd(by, x1, ax1 + cy), lobe, TLanes.Load(ref taps.Upper, i), ref sum, ref weights);
            Tap(TLanes.MultiplyAdd(by, x2, ax2 + cy), lobe, TLanes.Load(ref taps.Upper, i + column), ref sum, ref weights);

            by = b * dy1;
            cy = c * dy1 * dy1;
            TLanes f = TLanes.Load(ref taps.First, i + column);
            TLanes g = TLanes.Load(ref taps.First, i + (2 * column));
            Tap(TLanes.MultiplyAdd(by, x0, ax0 + cy), lobe, TLanes.Load(ref taps.First, i), ref sum, ref weights);
            Tap(TLanes.MultiplyAdd(by, x1, ax1 + cy), lobe, f, ref sum, ref weights);
            Tap(TLanes.MultiplyAdd(by, x2, ax2 + cy), lobe, g, ref sum, ref weights);
            Tap(TLanes.MultiplyAdd(by, x3, ax3 + cy), lobe, TLanes.Load(ref taps.First, i + (3 * column)), ref sum, ref weights);

            by = b * dy2;
            cy = c * dy2 * dy2;
            TLanes j = TLanes.Load(ref taps.Second, i + column);
            TLanes k = TLanes.Load(ref taps.Second, i + (2 * column));
            Tap(TLanes.MultiplyAdd(by, x0, ax0 + cy), lobe, TLanes.Load(ref taps.Second, i), ref sum, ref weights);
            Tap(TLanes.MultiplyAdd(by, x1, ax1 + cy), lobe, j, ref sum, ref weights);
            Tap(TLanes.MultiplyAdd(by, x2, ax2 + cy), lobe, k, ref sum, ref weights);
            Tap(TLanes.MultiplyAdd(by, x3, ax3 + cy), lobe, TLanes.Load(ref taps.Second, i + (3 * column)), ref sum, ref weights);

            by = b * dy3;
            cy = c * dy3 * dy3;
            Tap(TLanes.MultiplyAdd(by, x1, ax1 + cy), lobe, TLanes.Load(ref taps.Lower, i), ref sum, ref weights);
            Tap(TLanes.MultiplyAdd(by, x2, ax2 + cy), lobe, TLanes.Load(ref taps.Lower, i + column), ref sum, ref weights);

            // Between the smallest and the largest of the four samples around: no ringing, and always 0 to 255.
            TLanes smallest = TLanes.Min(TLanes.Min(f, g), TLanes.Min(j, k));
            TLanes largest = TLanes.Max(TLanes.Max(f, g), TLanes.Max(j, k));
            TLanes sample = TLanes.Min(TLanes.Max(sum / weights, smallest), largest);
            (sample + TLanes.Create(0.5f)).Store(ref output, i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Between<TLanes>(ref float start, nint offset, nint right, TLanes phase)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        TLanes left = TLanes.Load(ref start, offset);
        return TLanes.MultiplyAdd(TLanes.Load(ref start, offset + right) - left, phase, left);
    }

    // (25/16 (2/5 d^2 - 1)^2 - 9/16) (lobe d^2 - 1)^2, and nothing beyond the radius. 5/4 is taken into the first square.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tap<TLanes>(TLanes distance, TLanes lobe, TLanes sample, ref TLanes sum, ref TLanes weights)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        TLanes shape = TLanes.MultiplyAdd(distance, TLanes.Create(0.5f), TLanes.Create(-1.25f));
        TLanes taper = TLanes.Min(TLanes.MultiplyAdd(distance, lobe, TLanes.Create(-1)), TLanes.Create(0));
        TLanes weight = TLanes.MultiplyAdd(shape, shape, TLanes.Create(-0.5625f)) * (taper * taper);
        sum = TLanes.MultiplyAdd(sample, weight, sum);
        weights += weight;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Continuity<TLanes>(TLanes gradient, TLanes after, TLanes before)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        // Whole numbers: a maximum of 0 means a gradient of 0, and dividing by 1 then gives the wanted 0.
        TLanes one = TLanes.Create(1);
        TLanes step = TLanes.Max(TLanes.Max(TLanes.Abs(after), TLanes.Abs(before)), one);
        return TLanes.Min(TLanes.Abs(gradient) / step, one);
    }
}
