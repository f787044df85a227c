using System.Runtime.CompilerServices;

namespace RtcEnhance.Inference;

/// <summary>
/// Products of a matrix and one vector, as dense and recurrent layers take them. A vector register holds a run of
/// outputs, and inputs are broadcast; outputs come in groups of 16 whose weights lie one after the other. Thread-safe.
/// </summary>
internal static class MatrixProduct
{
    /// <summary>Outputs of a group.</summary>
    public const int Group = 16;

    /// <summary>Bytes of a group's weights for four inputs.</summary>
    private const int RunBytes = Group * 4;

    /// <summary>Outputs rounded up to whole groups.</summary>
    public static int Pad(int outputs) => (outputs + Group - 1) / Group * Group;

    /// <summary>In 32-bit floats.</summary>
    /// <param name="values">[inputs].</param>
    /// <param name="inputs">Length of the vector.</param>
    /// <param name="weights">[groups x inputs x 16].</param>
    /// <param name="biases">[padded outputs].</param>
    /// <param name="outputs">Padded outputs.</param>
    /// <param name="sums">[padded outputs], written.</param>
    public static void Multiply<TFloats>(ref float values, int inputs, ref float weights, ref float biases, int outputs, ref float sums)
        where TFloats : struct, IFloatLanes<TFloats>
    {
        for (int group = 0; group < outputs; group += Group)
        {
            for (int lane = 0; lane < Group; lane += TFloats.Count)
            {
                // Four sums side by side: each waits for its own multiply-add alone.
                TFloats s0 = TFloats.Load(ref biases, group + lane);
                TFloats s1 = TFloats.Create(0);
                TFloats s2 = s1, s3 = s1;
                ref float run = ref Unsafe.Add(ref weights, lane);
                int i = 0;
                for (; i + 4 <= inputs; i += 4)
                {
                    s0 = TFloats.MultiplyAdd(TFloats.Create(Unsafe.Add(ref values, i)), TFloats.Load(ref run, 0), s0);
                    s1 = TFloats.MultiplyAdd(TFloats.Create(Unsafe.Add(ref values, i + 1)), TFloats.Load(ref run, Group), s1);
                    s2 = TFloats.MultiplyAdd(TFloats.Create(Unsafe.Add(ref values, i + 2)), TFloats.Load(ref run, 2 * Group), s2);
                    s3 = TFloats.MultiplyAdd(TFloats.Create(Unsafe.Add(ref values, i + 3)), TFloats.Load(ref run, 3 * Group), s3);
                    run = ref Unsafe.Add(ref run, 4 * Group);
                }

                for (; i < inputs; i++)
                {
                    s0 = TFloats.MultiplyAdd(TFloats.Create(Unsafe.Add(ref values, i)), TFloats.Load(ref run, 0), s0);
                    run = ref Unsafe.Add(ref run, Group);
                }

                (s0 + s1 + (s2 + s3)).Store(ref sums, group + lane);
            }

            weights = ref Unsafe.Add(ref weights, inputs * Group);
        }
    }

    /// <summary>In 8-bit whole numbers; every width gives the same sums.</summary>
    /// <param name="values">[4 x quads], 0 to 127.</param>
    /// <param name="quads">Groups of four inputs.</param>
    /// <param name="weights">[groups x quads x 16 x 4 inputs], -127 to 127.</param>
    /// <param name="biases">[padded outputs].</param>
    /// <param name="outputs">Padded outputs.</param>
    /// <param name="sums">[padded outputs], written.</param>
    public static void MultiplyBytes<TLanes>(ref byte values, int quads, ref byte weights, ref int biases, int outputs, ref int sums)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        for (int group = 0; group < outputs; group += Group)
        {
            for (int lane = 0; lane < Group; lane += TLanes.Count)
            {
                TLanes even = TLanes.Load(ref biases, group + lane);
                TLanes odd = default;
                ref byte run = ref Unsafe.Add(ref weights, 4 * lane);
                int quad = 0;
                for (; quad + 2 <= quads; quad += 2)
                {
                    even += TLanes.SumWordPairs(TLanes.MultiplyAddBytes(TLanes.Broadcast4(ref values, 4 * quad), TLanes.Load(ref run, 0)));
                    odd += TLanes.SumWordPairs(TLanes.MultiplyAddBytes(TLanes.Broadcast4(ref values, (4 * quad) + 4), TLanes.Load(ref run, RunBytes)));
                    run = ref Unsafe.Add(ref run, 2 * RunBytes);
                }

                if (quad < quads)
                    even += TLanes.SumWordPairs(TLanes.MultiplyAddBytes(TLanes.Broadcast4(ref values, 4 * quad), TLanes.Load(ref run, 0)));
                (even + odd).Store(ref sums, group + lane);
            }

            weights = ref Unsafe.Add(ref weights, quads * RunBytes);
        }
    }
}
