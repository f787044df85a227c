namespace RtcEnhance.Inference;

/// <summary>Makes output rows of luma and of what the network's last layer left of it. One thread at a time.</summary>
internal interface IOutputRows : IPixelRows
{
    /// <summary>Rows of luma above and below that a row depends on.</summary>
    int Reach { get; }

    /// <summary>Makes parts of an output row; the last layer's row is there, and luma as far as <see cref="Reach"/>.</summary>
    /// <param name="y">The input row.</param>
    /// <param name="row">The output row within it.</param>
    /// <param name="runs">The parts, in input samples.</param>
    /// <returns>The row; only the parts are of worth.</returns>
    ReadOnlySpan<byte> Make(int y, int row, ReadOnlySpan<ColumnRun> runs);
}
