using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RtcEnhance.Inference;

/// <summary>Convolutions in 32-bit floats. A vector holds a run of output channels. Thread-safe.</summary>
internal static class SingleConvolution
{
    /// <summary>Samples made by one call of <see cref="Convolve"/>.</summary>
    public const int Samples = 8;

    private const int Channels = ByteConvolution.Channels;

    /// <summary>Odd square kernels, up to 16 channels out, eight samples.</summary>
    /// <param name="source">The upper left sample that the first result depends on.</param>
    /// <param name="rows">Element offsets of the source's rows from that sample, one for each row of the kernel.</param>
    /// <param name="step">Elements from one sample of the source to the next.</param>
    /// <param name="inputs">Channels that come in.</param>
    /// <param name="weights">[kernel rows x columns x inputs x 16 outputs].</param>
    /// <param name="biases">One for each output.</param>
    /// <param name="outputs">Channels that go out.</param>
    /// <param name="sums">[8 samples x 16 outputs].</param>
    public static void Convolve<TFloats>(
        ref float source, ReadOnlySpan<nint> rows, nint step, int inputs, ref float weights, ref float biases, int outputs, ref float sums)
        where TFloats : struct, IFloatLanes<TFloats>
    {
        for (int group = 0; group < outputs; group += TFloats.Count)
        {
            TFloats s0 = TFloats.Load(ref biases, group);
            TFloats s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
            ref float run = ref Unsafe.Add(ref weights, group);
            foreach (nint offset in rows)
            {
                ref float row = ref Unsafe.Add(ref source, offset);
                for (int column = 0; column < rows.Length; column++)
                {
                    ref float at = ref Unsafe.Add(ref row, column * step);
                    for (int input = 0; input < inputs; input++)
                    {
                        TFloats w = TFloats.Load(ref run, 0);
                        run = ref Unsafe.Add(ref run, Channels);
                        s0 = TFloats.MultiplyAdd(TFloats.Create(at), w, s0);
                        s1 = TFloats.MultiplyAdd(TFloats.Create(Unsafe.Add(ref at, step)), w, s1);
                        s2 = TFloats.MultiplyAdd(TFloats.Create(Unsafe.Add(ref at, 2 * step)), w, s2);
                        s3 = TFloats.MultiplyAdd(TFloats.Create(Unsafe.Add(ref at, 3 * step)), w, s3);
                        s4 = TFloats.MultiplyAdd(TFloats.Create(Unsafe.Add(ref at, 4 * step)), w, s4);
                        s5 = TFloats.MultiplyAdd(TFloats.Create(Unsafe.Add(ref at, 5 * step)), w, s5);
                        s6 = TFloats.MultiplyAdd(TFloats.Create(Unsafe.Add(ref at, 6 * step)), w, s6);
                        s7 = TFloats.MultiplyAdd(TFloats.Create(Unsafe.Add(ref at, 7 * step)), w, s7);
                        at = ref Unsafe.Add(ref at, 1);
                    }
                }
            }

            s0.Store(ref sums, group);
            s1.Store(ref sums, Channels + group);
            s2.Store(ref sums, (2 * Channels) + group);
            s3.Store(ref sums, (3 * Channels) + group);
            s4.Store(ref sums, (4 * Channels) + group);
            s5.Store(ref sums, (5 * Channels) + group);
            s6.Store(ref sums, (6 * Channels) + group);
            s7.Store(ref sums, (7 * Channels) + group);
        }
    }

    /// <summary>Four outputs of a last layer for one sample, as planes are filled; 16 channels in.</summary>
    /// <param name="source">The upper left sample that the result depends on.</param>
    /// <param name="rows">Element offsets of the source's rows from that sample, one for each row of the kernel.</param>
    /// <param name="weights">[kernel rows x columns x 4 outputs x 16 inputs].</param>
    /// <returns>The four sums.</returns>
    public static Vector128<float> ConvolveResidual<TFloats>(
        ref float source, ReadOnlySpan<nint> rows, ref float weights)
        where TFloats : struct, IFloatLanes<TFloats>
    {
        TFloats s0 = TFloats.Create(0);
        TFloats s1 = s0, s2 = s0, s3 = s0;
        ref float run = ref weights;
        foreach (nint offset in rows)
        {
            ref float row = ref Unsafe.Add(ref source, offset);
            for (int column = 0; column < rows.Length; column++)
            {
                for (int input = 0; input < Channels; input += TFloats.Count)
                {
                    TFloats values = TFloats.Load(ref row, input);
                    s0 = TFloats.MultiplyAdd(values, TFloats.Load(ref run, input), s0);
                    s1 = TFloats.MultiplyAdd(values, TFloats.Load(ref run, Channels + input), s1);
                    s2 = TFloats.MultiplyAdd(values, TFloats.Load(ref run, (2 * Channels) + input), s2);
                    s3 = TFloats.MultiplyAdd(values, TFloats.Load(ref run, (3 * Channels) + input), s3);
                }

                row = ref Unsafe.Add(ref row, Channels);
                run = ref Unsafe.Add(ref run, 4 * Channels);
            }
        }

        return TFloats.SumFour(s0, s1, s2, s3);
    }
}
