namespace RtcEnhance.Inference;

/// <summary>The rows of luma that a network's first layer reads. One thread at a time.</summary>
internal interface IPixelRows
{
    /// <summary>Prepares for a picture: allocates where its width differs from the one before.</summary>
    void Begin(int width, int height);

    /// <summary>Takes a row.</summary>
    /// <param name="y">The row.</param>
    /// <param name="luma">Its samples.</param>
    void Load(int y, ReadOnlySpan<byte> luma);
}
