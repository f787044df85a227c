using RtcEnhance.Video;

namespace RtcEnhance.Loopback.Receiving;

/// <summary>
/// Keeps every picture that passes, raw on disk, for scoring after the call. The writer is one thread; reading is
/// allowed once it has stopped.
/// </summary>
public sealed class FrameSpool : IDisposable
{
    private readonly TimeProvider _time;
    private readonly FileStream _file;
    private readonly List<Entry> _entries = [];

    /// <summary>Spools into a file that is deleted on disposal.</summary>
    /// <param name="path">Where.</param>
    /// <param name="time">The clock that pictures are stamped with.</param>
    public FrameSpool(string path, TimeProvider time)
    {
        _time = time;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 20, FileOptions.DeleteOnClose);
    }

    /// <summary>The pictures, in order of arrival.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Appends a picture, I420; the caller keeps it.</summary>
    /// <param name="frame">The picture.</param>
    public void Add(VideoFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        _entries.Add(new Entry(_file.Position, frame.Width, frame.Height, frame.RtpTimestamp ?? 0, _time.GetTimestamp()));
        Write(frame.Y);
        Write(frame.U);
        Write(frame.V);
    }

    /// <summary>Reads a picture into a rented frame.</summary>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    /// <param name="pool">Where the frame is rented.</param>
    /// <returns>The picture; the caller owns it.</returns>
    public VideoFrame Read(Entry entry, VideoFramePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        VideoFrame frame = pool.Rent(entry.Width, entry.Height) ?? throw new InvalidOperationException("The scoring pool is exhausted.");
        _file.Position = entry.Offset;
        Read(frame.Y);
        Read(frame.U);
        Read(frame.V);
        frame.RtpTimestamp = entry.RtpTimestamp;
        return frame;
    }

    /// <summary>Deletes the file.</summary>
    public void Dispose() => _file.Dispose();

    private void Write(PlaneView plane)
    {
        for (int y = 0; y < plane.Height; y++)
            _file.Write(plane.Row(y));
    }

    private void Read(PlaneView plane)
    {
        for (int y = 0; y < plane.Height; y++)
            _file.ReadExactly(plane.Row(y));
    }

    /// <summary>Where a picture lies and what it is.</summary>
    public readonly record struct Entry(long Offset, int Width, int Height, uint RtpTimestamp, long Timestamp);
}
