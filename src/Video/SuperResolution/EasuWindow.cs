using System.Runtime.CompilerServices;

namespace RtcEnhance.Video;

/// <summary>
/// The edge-adaptive window of a vector of output samples: a polynomial stand-in for Lanczos-2 over the squared
/// distance d^2 = A x^2 + B x y + C y^2. Thread-safe.
/// </summary>
internal readonly struct EasuWindow<TLanes>
    where TLanes : struct, IFloatLanes<TLanes>
{
    private readonly TLanes _a;
    private readonly TLanes _b;
    private readonly TLanes _c;
    private readonly TLanes _lobe;

    /// <summary>A window.</summary>
    /// <param name="a">Coefficient of x^2.</param>
    /// <param name="b">Coefficient of x y.</param>
    /// <param name="c">Coefficient of y^2.</param>
    /// <param name="lobe">Reciprocal of the squared radius.</param>
    public EasuWindow(TLanes a, TLanes b, TLanes c, TLanes lobe)
    {
        _a = a;
        _b = b;
        _c = c;
        _lobe = lobe;
    }

    /// <summary>The output samples, rounded to be truncated to bytes.</summary>
    /// <param name="x">Position right of f, 0 to 1.</param>
    /// <param name="y">Position below f, 0 to 1.</param>
    /// <param name="upper">Where b lies; c follows <paramref name="column"/> later.</param>
    /// <param name="first">Where e lies; f, g and h follow.</param>
    /// <param name="second">Where i lies; j, k and l follow.</param>
    /// <param name="lower">Where n lies; o follows.</param>
    /// <param name="column">Elements from one tap to the next: 1 in a picture's row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Resolve(
        TLanes x, TLanes y, ref float upper, ref float first, ref float second, ref float lower, nint column)
    {
        TLanes one = TLanes.Create(1);
        TLanes x0 = TLanes.Create(-1) - x;
        TLanes x1 = TLanes.Create(0) - x;
        TLanes x2 = one - x;
        TLanes x3 = TLanes.Create(2) - x;
        TLanes ax0 = _a * x0 * x0;
        TLanes ax1 = _a * x1 * x1;
        TLanes ax2 = _a * x2 * x2;
        TLanes ax3 = _a * x3 * x3;
        TLanes sum = TLanes.Create(0);
        TLanes weights = TLanes.Create(0);

        TLanes dy = TLanes.Create(-1) - y;
        TLanes by = _b * dy;
        TLanes cy = _c * dy * dy;
        Tap(TLanes.MultiplyAdd(by, x1, ax1 + cy), TLanes.Load(ref upper, 0), ref sum, ref weights);
        Tap(TLanes.MultiplyAdd(by, x2, ax2 + cy), TLanes.Load(ref upper, column), ref sum, ref weights);

        dy = TLanes.Create(0) - y;
        by = _b * dy;
        cy = _c * dy * dy;
        TLanes f = TLanes.Load(ref first, column);
        TLanes g = TLanes.Load(ref first, 2 * column);
        Tap(TLanes.MultiplyAdd(by, x0, ax0 + cy), TLanes.Load(ref first, 0), ref sum, ref weights);
        Tap(TLanes.MultiplyAdd(by, x1, ax1 + cy), f, ref sum, ref weights);
        Tap(TLanes.MultiplyAdd(by, x2, ax2 + cy), g, ref sum, ref weights);
        Tap(TLanes.MultiplyAdd(by, x3, ax3 + cy), TLanes.Load(ref first, 3 * column), ref sum, ref weights);
        TLanes smallest = TLanes.Min(f, g);
        TLanes largest = TLanes.Max(f, g);

        dy = one - y;
        by = _b * dy;
        cy = _c * dy * dy;
        TLanes j = TLanes.Load(ref second, column);
        TLanes k = TLanes.Load(ref second, 2 * column);
        Tap(TLanes.MultiplyAdd(by, x0, ax0 + cy), TLanes.Load(ref second, 0), ref sum, ref weights);
        Tap(TLanes.MultiplyAdd(by, x1, ax1 + cy), j, ref sum, ref weights);
        Tap(TLanes.MultiplyAdd(by, x2, ax2 + cy), k, ref sum, ref weights);
        Tap(TLanes.MultiplyAdd(by, x3, ax3 + cy), TLanes.Load(ref second, 3 * column), ref sum, ref weights);
        smallest = TLanes.Min(smallest, TLanes.Min(j, k));
        largest = TLanes.Max(largest, TLanes.Max(j, k));

        dy = TLanes.Create(2) - y;
        by = _b * dy;
        cy = _c * dy * dy;
        Tap(TLanes.MultiplyAdd(by, x1, ax1 + cy), TLanes.Load(ref lower, 0), ref sum, ref weights);
        Tap(TLanes.MultiplyAdd(by, x2, ax2 + cy), TLanes.Load(ref lower, column), ref sum, ref weights);

        // Between the smallest and the largest of the four samples around: no ringing, and always 0 to 255.
        return TLanes.Min(TLanes.Max(sum / weights, smallest), largest) + TLanes.Create(0.5f);
    }

    // (25/16 (2/5 d^2 - 1)^2 - 9/16) (lobe d^2 - 1)^2, and nothing beyond the radius. 5/4 is taken into the first square.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Tap(TLanes distance, TLanes sample, ref TLanes sum, ref TLanes weights)
    {
        TLanes shape = TLanes.MultiplyAdd(distance, TLanes.Create(0.5f), TLanes.Create(-1.25f));
        TLanes taper = TLanes.Min(TLanes.MultiplyAdd(distance, _lobe, TLanes.Create(-1)), TLanes.Create(0));
        TLanes weight = TLanes.MultiplyAdd(shape, shape, TLanes.Create(-0.5625f)) * (taper * taper);
        sum = TLanes.MultiplyAdd(sample, weight, sum);
        weights += weight;
    }
}
