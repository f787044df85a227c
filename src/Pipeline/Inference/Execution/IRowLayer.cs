namespace RtcEnhance.Inference;

/// <summary>A step of a network that makes its rows one after the other from rows that were made before. One thread at a time.</summary>
internal interface IRowLayer
{
    /// <summary>Rows above and below that a row depends on.</summary>
    int Reach { get; }

    /// <summary>Prepares for a picture: allocates where its width differs from the one before.</summary>
    void Begin(int width, int height);

    /// <summary>Makes a row; those that it depends on are there.</summary>
    /// <param name="y">The row.</param>
    void ComputeRow(int y);
}
