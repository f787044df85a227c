using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>Pictures in memory. Immutable by convention. Thread-safe.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Frames">Planes Y, U, V of each picture, rows without padding.</param>
public sealed record I420Clip(int Width, int Height, IReadOnlyList<byte[]> Frames)
{
    /// <summary>Reads a y4m file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its pictures.</returns>
    /// <exception cref="MediaFormatException">The file is malformed.</exception>
    public static I420Clip Read(string path)
    {
        using Y4mReader reader = Y4mReader.Open(path);
        (int width, int height) = (reader.Header.Width, reader.Header.Height);
        using VideoFrame frame = new VideoFramePool(1).Rent(width, height)!;
        var frames = new List<byte[]>();
        while (reader.TryReadFrame(frame))
            frames.Add(Export(frame));

        return new I420Clip(width, height, frames);
    }

    /// <summary>The samples of a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <returns>Its planes, rows without padding.</returns>
    public static byte[] Export(VideoFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var bytes = new byte[(frame.Width * frame.Height) + (2 * frame.ChromaWidth * frame.ChromaHeight)];
        return FrameConverter.TryExport(frame, HostPicture.Contiguous(HostPixelFormat.I420, bytes, frame.Width, frame.Height), out string? reason)
            ? bytes
            : throw new InvalidOperationException(reason);
    }

    /// <summary>Copies a picture into a frame of its size.</summary>
    /// <param name="index">Which picture.</param>
    /// <param name="frame">The frame.</param>
    public void Import(int index, VideoFrame frame)
    {
        if (!FrameConverter.TryImport(HostPicture.Contiguous(HostPixelFormat.I420, Frames[index], Width, Height), frame, out string? reason))
            throw new InvalidOperationException(reason);
    }

    /// <summary>Writes the pictures as y4m.</summary>
    /// <param name="path">The file; replaced where it exists.</param>
    public void Write(string path)
    {
        using VideoFrame frame = new VideoFramePool(1).Rent(Width, Height)!;
        using Y4mWriter writer = Y4mWriter.Create(path, new Y4mHeader { Width = Width, Height = Height });
        for (int i = 0; i < Frames.Count; i++)
        {
            Import(i, frame);
            writer.WriteFrame(frame);
        }
    }

    /// <summary>Some of the pictures; the samples are shared.</summary>
    /// <param name="frames">Their numbers.</param>
    /// <returns>The pictures.</returns>
    public I420Clip Pick(IEnumerable<int> frames) => this with { Frames = [.. frames.Select(i => Frames[i])] };

    /// <summary>The luma of a picture.</summary>
    /// <param name="index">Which picture.</param>
    /// <returns>A view of its samples.</returns>
    public PlaneView Luma(int index) => new(Frames[index], Width, Height, Width);
}
