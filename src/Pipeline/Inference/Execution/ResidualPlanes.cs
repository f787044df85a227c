namespace RtcEnhance.Inference;

/// <summary>
/// One row of a network's results in steps of 8-bit luma, a plane for each of the scale x scale samples that an input
/// sample becomes. One thread at a time.
/// </summary>
internal sealed class ResidualPlanes
{
    private const int Block = RowRing<float>.Block;

    private AlignedBuffer<float>? _values;
    private int _stride;

    /// <summary>Prepares for a picture: allocates where its width differs from the one before.</summary>
    /// <param name="width">Input samples in a row.</param>
    /// <param name="planes">Planes.</param>
    public void Begin(int width, int planes)
    {
        int stride = (width + (2 * Block) - 1) / Block * Block;
        if (stride == _stride)
            return;
        _stride = stride;

        // Four planes are written at a time, even where only some are there.
        _values = new AlignedBuffer<float>((planes + 3) / 4 * 4 * stride);
    }

    /// <summary>The first value of a plane; there is room for 16 more values than samples.</summary>
    /// <param name="plane">The plane, row by row of the enlarged picture.</param>
    public ref float Plane(int plane) => ref _values![plane * _stride];
}
