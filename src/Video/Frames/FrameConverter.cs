namespace RtcEnhance.Video;

/// <summary>
/// Moves pictures between a host's memory and pooled frames, and between frame layouts, at the edges of the library.
/// A frame's <see cref="VideoFrame.Matrix"/> and <see cref="VideoFrame.Range"/> say how R'G'B' is converted; set them
/// before an import. Thread-safe on different frames.
/// </summary>
/// <remarks>
/// Fixed-point: every sample is within 1 of the rounded real-valued result. Chroma of R'G'B' is the mean of its 2x2
/// pixels (fewer at an odd edge), and is repeated over them on the way back.
/// </remarks>
public static class FrameConverter
{
    /// <summary>Copies a picture into a frame of the same size.</summary>
    /// <param name="source">The picture. Y'CbCr samples are copied as they are, whatever the frame's colour facts.</param>
    /// <param name="target">The frame; I420 or NV12, either way.</param>
    /// <param name="reason">Why nothing was written: the picture is not valid, or the sizes differ; null where it was.</param>
    /// <returns>False where nothing was written.</returns>
    public static bool TryImport(in HostPicture source, VideoFrame target, out string? reason)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!Fits(source, target, out reason))
            return false;
        switch (source.Format)
        {
            case HostPixelFormat.I420:
            case HostPixelFormat.Nv12:
                PlanarConversion.Import(source, target);
                break;
            default:
                RgbConversion.Import(source, target);
                break;
        }

        return true;
    }

    /// <summary>Copies a frame into a host's memory.</summary>
    /// <param name="source">The frame.</param>
    /// <param name="target">Where to; of the frame's size.</param>
    /// <param name="reason">Why nothing was written: the picture is not valid, or the sizes differ; null where it was.</param>
    /// <returns>False where nothing was written.</returns>
    public static bool TryExport(VideoFrame source, in HostPicture target, out string? reason)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!Fits(target, source, out reason))
            return false;
        switch (target.Format)
        {
            case HostPixelFormat.I420:
            case HostPixelFormat.Nv12:
                PlanarConversion.Export(source, target);
                break;
            default:
                RgbConversion.Export(source, target);
                break;
        }

        return true;
    }

    /// <summary>Copies a frame's samples and facts into another one of the same size, in that one's layout.</summary>
    /// <param name="source">The frame.</param>
    /// <param name="target">Where to; another frame.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static void Copy(VideoFrame source, VideoFrame target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (source.Width != target.Width || source.Height != target.Height)
            throw new ArgumentException($"A frame of {source.Width}x{source.Height} cannot be copied into one of {target.Width}x{target.Height}.", nameof(target));
        target.CopyFactsFrom(source);
        PlanarConversion.Copy(source, target);
    }

    private static bool Fits(in HostPicture picture, VideoFrame frame, out string? reason)
    {
        if (!picture.IsValid(out reason))
            return false;
        if (picture.Width == frame.Width && picture.Height == frame.Height)
            return true;
        reason = $"The picture is {picture.Width}x{picture.Height} and the frame {frame.Width}x{frame.Height}.";
        return false;
    }
}
