using System.Runtime.CompilerServices;

namespace RtcEnhance.Inference;

/// <summary>
/// The bent lines of recurrent layers. Every operation is a single IEEE one in a fixed order, so each vector width
/// gives the same floats. Thread-safe.
/// </summary>
internal static class Saturation
{
    // Where single precision reaches 1.
    private const float Limit = 7.905f;

    /// <summary>The hyperbolic tangent of each value, in place.</summary>
    /// <param name="values">[a multiple of 16].</param>
    /// <param name="count">Values.</param>
    /// <remarks>Maximum error 4e-7 against double precision: a quotient of polynomials, x P(x^2) / Q(x^2).</remarks>
    public static void Tanh<TFloats>(ref float values, int count)
        where TFloats : struct, IFloatLanes<TFloats>
    {
        for (int i = 0; i < count; i += TFloats.Count)
            Tanh(TFloats.Load(ref values, i)).Store(ref values, i);
    }

    /// <summary>The logistic function of each value, in place.</summary>
    /// <param name="values">[a multiple of 16].</param>
    /// <param name="count">Values.</param>
    public static void Logistic<TFloats>(ref float values, int count)
        where TFloats : struct, IFloatLanes<TFloats>
    {
        TFloats half = TFloats.Create(0.5f);
        for (int i = 0; i < count; i += TFloats.Count)
            ((Tanh(TFloats.Load(ref values, i) * half) * half) + half).Store(ref values, i);
    }

    // Eigen's coefficients.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloats Tanh<TFloats>(TFloats x)
        where TFloats : struct, IFloatLanes<TFloats>
    {
        x = TFloats.Min(TFloats.Max(x, TFloats.Create(-Limit)), TFloats.Create(Limit));
        TFloats square = x * x;
        TFloats above = (square * TFloats.Create(-2.76076847742355e-16f)) + TFloats.Create(2.00018790482477e-13f);
        above = (above * square) + TFloats.Create(-8.60467152213735e-11f);
        above = (above * square) + TFloats.Create(5.12229709037114e-08f);
        above = (above * square) + TFloats.Create(1.48572235717979e-05f);
        above = (above * square) + TFloats.Create(6.37261928875436e-04f);
        above = (above * square) + TFloats.Create(4.89352455891786e-03f);
        TFloats below = (square * TFloats.Create(1.19825839466702e-06f)) + TFloats.Create(1.18534705686654e-04f);
        below = (below * square) + TFloats.Create(2.26843463243900e-03f);
        below = (below * square) + TFloats.Create(4.89352518554385e-03f);
        return x * above / below;
    }
}
