using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RtcEnhance.Inference;

/// <summary>Luma as floats, 0 to 1. One thread at a time.</summary>
internal sealed class SinglePixelRows<TFloats>(RowRing<float> rows) : IPixelRows
    where TFloats : struct, IFloatLanes<TFloats>
{
    private const float Step = 1f / 255;

    /// <inheritdoc/>
    public void Begin(int width, int height) => rows.Begin(width, height, keepsAll: false);

    /// <inheritdoc/>
    public void Load(int y, ReadOnlySpan<byte> luma)
    {
        ref byte from = ref MemoryMarshal.GetReference(luma);
        ref float to = ref rows.Row(y);
        TFloats step = TFloats.Create(Step);
        int x = 0;
        for (; x <= luma.Length - TFloats.Count; x += TFloats.Count)
            (TFloats.LoadBytes(ref from, x) * step).Store(ref to, x);
        for (; x < luma.Length; x++)
            Unsafe.Add(ref to, x) = luma[x] * Step;
    }
}
