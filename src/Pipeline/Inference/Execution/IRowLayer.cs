namespace RtcEnhance.Inference;

/// <summary>A step of a network that makes its rows one after the other from rows that were made before. One thread at a time.</summary>
internal interface IRowLayer
{
    /// <summary>Rows above and below that a row depends on.</summary>
    int Reach { get; }

    /// <summary>Rows that it makes at a time.</summary>
    int RowsAtOnce => 1;

    /// <summary>Bytes of all its rows of a picture; 0 where they cannot be kept.</summary>
    long PictureBytes(int width, int height);

    /// <summary>Prepares for a picture: allocates where it needs another room than the one before.</summary>
    /// <param name="width">Its columns.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="keepsAll">True where the rows of the picture before must still be there, as far as they are not made again.</param>
    void Begin(int width, int height, bool keepsAll);

    /// <summary>Makes parts of a row, or of <see cref="RowsAtOnce"/>; what they depend on is there.</summary>
    /// <param name="y">The row, or the first one.</param>
    /// <param name="runs">The parts, from left to right; up to 15 samples behind each may be overwritten.</param>
    void ComputeRow(int y, ReadOnlySpan<ColumnRun> runs);
}
