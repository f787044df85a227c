namespace RtcEnhance.Browser.Scoring;

/// <summary>Mean luma PSNR in dB, each picture against the most similar one of the clip.</summary>
internal sealed record PictureScores
{
    /// <summary>Pictures compared.</summary>
    public required int Compared { get; init; }

    /// <summary>Of those shown, the ones that have twice the width and height.</summary>
    public required int Enlarged { get; init; }

    /// <summary>As decoded, against what was sent.</summary>
    public required double DecodedPsnr { get; init; }

    /// <summary>Enlarged by a bicubic filter, against the original in full size.</summary>
    public required double BicubicPsnr { get; init; }

    /// <summary>As shown, against the original in full size.</summary>
    public required double ShownPsnr { get; init; }
}
