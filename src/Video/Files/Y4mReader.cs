namespace RtcEnhance.Video;

/// <summary>
/// Reads a YUV4MPEG2 stream frame by frame, from a file or a pipe. Memory is allocated for the size that the header
/// names only when a frame is rented. One thread at a time.
/// </summary>
public sealed class Y4mReader : IDisposable
{
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly byte[] _line = new byte[Y4mHeader.MaxLineBytes];

    /// <summary>Reads the stream header.</summary>
    /// <param name="stream">The stream; disposed with the reader unless <paramref name="leaveOpen"/>.</param>
    /// <param name="leaveOpen">True to leave the stream open.</param>
    /// <exception cref="MediaFormatException">The stream is not 8-bit 4:2:0 or mono y4m, interlaced, or cut short.</exception>
    public Y4mReader(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _leaveOpen = leaveOpen;
        if (!TryReadLine(out int length))
            throw new MediaFormatException("The y4m stream is empty.");
        Header = Y4mHeader.Parse(_line.AsSpan(0, length));
    }

    /// <summary>What the stream header says.</summary>
    public Y4mHeader Header { get; }

    /// <summary>Frames read so far.</summary>
    public long FramesRead { get; private set; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The reader.</returns>
    /// <exception cref="MediaFormatException">As for the constructor.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Y4mReader Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        try
        {
            return new Y4mReader(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next frame into an I420 frame; a mono stream gives neutral chroma.</summary>
    /// <param name="frame">A frame of the header's size; its range is set from the header.</param>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="ArgumentException"><paramref name="frame"/> has another size or layout.</exception>
    /// <exception cref="MediaFormatException">The stream is cut or malformed.</exception>
    public bool TryReadFrame(VideoFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Width != Header.Width || frame.Height != Header.Height || frame.Layout != FrameLayout.I420)
            throw new ArgumentException($"The stream needs an I420 frame of {Header.Width}x{Header.Height}; this is {frame.Layout}, {frame.Width}x{frame.Height}.", nameof(frame));
        if (!TryReadLine(out int length))
            return false;
        ReadOnlySpan<byte> line = _line.AsSpan(0, length);
        if (!line.StartsWith("FRAME"u8) || (length > 5 && line[5] != ' '))
            throw new MediaFormatException($"Frame {FramesRead} of the y4m stream does not begin with 'FRAME'.");

        ReadPlane(frame.Y);
        if (Header.IsMono)
        {
            Fill(frame.U);
            Fill(frame.V);
        }
        else
        {
            ReadPlane(frame.U);
            ReadPlane(frame.V);
        }

        frame.Range = Header.Range;
        FramesRead++;
        return true;
    }

    /// <summary>Closes the stream unless it was to be left open.</summary>
    public void Dispose()
    {
        if (!_leaveOpen)
            _stream.Dispose();
    }

    private static void Fill(PlaneView plane)
    {
        for (int y = 0; y < plane.Height; y++)
            plane.Row(y).Fill(128);
    }

    private void ReadPlane(PlaneView plane)
    {
        for (int y = 0; y < plane.Height; y++)
        {
            Span<byte> row = plane.Row(y);
            if (_stream.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length)
                throw new MediaFormatException($"The y4m stream ends inside frame {FramesRead}.");
        }
    }

    // Byte by byte: headers are short, and a pipe cannot be stepped back.
    private bool TryReadLine(out int length)
    {
        length = 0;
        while (true)
        {
            int value = _stream.ReadByte();
            if (value == '\n')
                return true;
            if (value < 0)
                return length == 0 ? false : throw new MediaFormatException($"The y4m stream ends inside a header, after {FramesRead} frames.");
            if (length == _line.Length)
                throw new MediaFormatException($"A y4m header line is longer than {_line.Length} bytes.");
            _line[length++] = (byte)value;
        }
    }
}
