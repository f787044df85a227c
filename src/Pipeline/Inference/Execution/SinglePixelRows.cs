namespace RtcEnhance.Inference;

/// <summary>Luma as floats, 0 to 1. One thread at a time.</summary>
internal sealed class SinglePixelRows(RowRing<float> rows) : IPixelRows
{
    private const float Step = 1f / 255;

    /// <inheritdoc/>
    public void Begin(int width, int height) => rows.Begin(width, height);

    /// <inheritdoc/>
    public void Load(int y, ReadOnlySpan<byte> luma)
    {
        Span<float> row = rows.RowSpan(y);
        for (int x = 0; x < luma.Length; x++)
            row[x] = luma[x] * Step;
    }
}
