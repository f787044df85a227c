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

    /// <summary>The shape of the window: d^2 = A x^2 + B x y + C y^2, and the strength of its negative lobe.</summary>
    /// <param name="gradientX">Gradient at the output sample.</param>
    /// <param name="gradientY">Gradient at the output sample.</param>
    /// <param name="length">Edge strength at the output sample, 0 to 2.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EasuWindow<TLanes> Shape<TLanes>(TLanes gradientX, TLanes gradientY, TLanes length)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        TLanes one = TLanes.Create(1);
        TLanes zero = TLanes.Create(0);
        TLanes xx = gradientX * gradientX;
        TLanes yy = gradientY * gradientY;
        TLanes xy = gradientX * gradientY;
        TLanes sum = xx + yy;
        TLanes flat = TLanes.Create(FlatGradientSquared);
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

        TLanes edge = length * TLanes.Create(0.5f);
        edge *= edge;
        TLanes acrossScale = TLanes.MultiplyAdd(stretch - one, edge, one);
        TLanes alongScale = TLanes.MultiplyAdd(TLanes.Create(-0.5f), edge, one);
        acrossScale *= acrossScale;
        alongScale *= alongScale;
        TLanes a = TLanes.MultiplyAdd(acrossScale, xx, alongScale * yy) * normalise;
        return new EasuWindow<TLanes>(
            a,
            (acrossScale - alongScale) * (xy + xy) * normalise,
            acrossScale + alongScale - a,
            TLanes.MultiplyAdd(TLanes.Create(0.21f - 0.5f), edge, TLanes.Create(0.5f)));
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
