namespace RtcEnhance.Video;

/// <summary>Writes a YUV4MPEG2 stream frame by frame, to a file or a pipe. One thread at a time.</summary>
public sealed class Y4mWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly bool _leaveOpen;

    /// <summary>Writes the stream header.</summary>
    /// <param name="stream">The stream; disposed with the writer unless <paramref name="leaveOpen"/>.</param>
    /// <param name="header">Size, rate, chroma tag and range.</param>
    /// <param name="leaveOpen">True to leave the stream open.</param>
    public Y4mWriter(Stream stream, Y4mHeader header, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(header);
        _stream = stream;
        _leaveOpen = leaveOpen;
        Header = header;
        _stream.Write(header.Format());
    }

    /// <summary>What the stream header says.</summary>
    public Y4mHeader Header { get; }

    /// <summary>Creates a file.</summary>
    /// <param name="path">The file; replaced where it exists.</param>
    /// <param name="header">Size, rate, chroma tag and range.</param>
    /// <returns>The writer.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static Y4mWriter Create(string path, Y4mHeader header)
        => new(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16), header);

    /// <summary>Writes a frame; of a mono stream its luma alone.</summary>
    /// <param name="frame">An I420 frame of the header's size.</param>
    /// <exception cref="ArgumentException"><paramref name="frame"/> has another size or layout.</exception>
    public void WriteFrame(VideoFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Width != Header.Width || frame.Height != Header.Height || frame.Layout != FrameLayout.I420)
            throw new ArgumentException($"The stream needs an I420 frame of {Header.Width}x{Header.Height}; this is {frame.Layout}, {frame.Width}x{frame.Height}.", nameof(frame));
        _stream.Write("FRAME\n"u8);
        WritePlane(frame.Y);
        if (Header.IsMono)
            return;
        WritePlane(frame.U);
        WritePlane(frame.V);
    }

    /// <summary>Flushes, and closes the stream unless it was to be left open.</summary>
    public void Dispose()
    {
        _stream.Flush();
        if (!_leaveOpen)
            _stream.Dispose();
    }

    private void WritePlane(PlaneView plane)
    {
        for (int y = 0; y < plane.Height; y++)
            _stream.Write(plane.Row(y));
    }
}
