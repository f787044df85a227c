namespace RtcEnhance.Inference;

/// <summary>What 8-bit products of one stream need besides their weights. One thread at a time.</summary>
internal sealed class DenseScratch
{
    /// <summary>Scratch for any product up to a size.</summary>
    /// <param name="inputs">Most inputs.</param>
    /// <param name="outputs">Most outputs.</param>
    public DenseScratch(int inputs, int outputs)
    {
        Values = new AlignedBuffer<byte>((inputs + 3) / 4 * 4);
        Sums = new AlignedBuffer<int>(MatrixProduct.Pad(outputs));
    }

    /// <summary>Quantised values.</summary>
    public AlignedBuffer<byte> Values { get; }

    /// <summary>Sums.</summary>
    public AlignedBuffer<int> Sums { get; }

    /// <summary>Fills <see cref="Values"/> with the values over a step that fits the largest of them.</summary>
    /// <param name="values">Finite.</param>
    /// <param name="padded">Bytes to fill.</param>
    /// <param name="largest">What the largest magnitude becomes.</param>
    /// <param name="zero">What 0 becomes.</param>
    /// <returns>The step.</returns>
    public float Quantise(ReadOnlySpan<float> values, int padded, int largest, int zero)
    {
        float peak = 0;
        foreach (float value in values)
            peak = Math.Max(peak, Math.Abs(value));
        Span<byte> bytes = Values.Span[..padded];
        bytes[values.Length..].Fill((byte)zero);
        // The smallest normal step: below it the quotients would not be finite.
        float step = Math.Max(peak / largest, 1e-30f);
        float gain = 1 / step;
        for (int i = 0; i < values.Length; i++)
            bytes[i] = (byte)(int)((values[i] * gain) + (zero + 0.5f));
        return step;
    }
}
