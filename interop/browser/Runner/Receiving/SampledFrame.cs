using RtcEnhance.Video;

namespace RtcEnhance.Browser.Receiving;

/// <summary>A picture's copy: I420 without gaps.</summary>
internal sealed record SampledFrame(int Width, int Height, byte[] Data)
{
    public static SampledFrame Copy(VideoFrame frame)
    {
        int chroma = (frame.Width + 1) / 2 * ((frame.Height + 1) / 2);
        var data = GC.AllocateUninitializedArray<byte>((frame.Width * frame.Height) + (2 * chroma));
        HostPicture picture = HostPicture.Contiguous(HostPixelFormat.I420, data, frame.Width, frame.Height);
        return FrameConverter.TryExport(frame, picture, out string? reason) ? new SampledFrame(frame.Width, frame.Height, data) : throw new InvalidOperationException(reason);
    }

    /// <summary>The picture in a rented frame; the caller owns it.</summary>
    public VideoFrame Rent(VideoFramePool pool)
    {
        VideoFrame frame = pool.Rent(Width, Height) ?? throw new InvalidOperationException("The scoring pool is exhausted.");
        return FrameConverter.TryImport(HostPicture.Contiguous(HostPixelFormat.I420, Data, Width, Height), frame, out string? reason) ? frame : throw new InvalidOperationException(reason);
    }
}
