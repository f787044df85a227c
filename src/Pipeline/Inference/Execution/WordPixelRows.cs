using System.Numerics;

namespace RtcEnhance.Inference;

/// <summary>Luma as 16-bit words, 0 to 255. One thread at a time.</summary>
internal sealed class WordPixelRows(RowRing<short> rows) : IPixelRows
{
    /// <inheritdoc/>
    public void Begin(int width, int height) => rows.Begin(width, height, keepsAll: false);

    /// <inheritdoc/>
    public void Load(int y, ReadOnlySpan<byte> luma)
    {
        Span<short> row = rows.RowSpan(y);
        int x = 0;
        for (; x <= luma.Length - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(luma[x..]), out Vector<ushort> low, out Vector<ushort> high);
            low.As<ushort, short>().CopyTo(row[x..]);
            high.As<ushort, short>().CopyTo(row[(x + Vector<ushort>.Count)..]);
        }

        for (; x < luma.Length; x++)
            row[x] = luma[x];
    }
}
