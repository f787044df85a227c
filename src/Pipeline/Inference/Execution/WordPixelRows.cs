namespace RtcEnhance.Inference;

/// <summary>Luma as 16-bit words, 0 to 255. One thread at a time.</summary>
internal sealed class WordPixelRows(RowRing<short> rows) : IPixelRows
{
    /// <inheritdoc/>
    public void Begin(int width, int height) => rows.Begin(width, height);

    /// <inheritdoc/>
    public void Load(int y, ReadOnlySpan<byte> luma)
    {
        Span<short> row = rows.RowSpan(y);
        for (int x = 0; x < luma.Length; x++)
            row[x] = luma[x];
    }
}
