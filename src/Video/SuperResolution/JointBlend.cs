namespace RtcEnhance.Video;

/// <summary>
/// Hides the joint between two upscalers: keeps the last rows of the one above and fades them into the other one's.
/// One thread at a time.
/// </summary>
internal sealed class JointBlend
{
    private readonly int _mostRows;
    private byte[] _kept = [];

    /// <summary>A blend.</summary>
    /// <param name="mostRows">Most luma rows kept.</param>
    public JointBlend(int mostRows) => _mostRows = mostRows;

    /// <summary>Makes room for a picture's rows.</summary>
    /// <param name="frame">The picture.</param>
    public void Prepare(VideoFrame frame)
    {
        int bytes = _mostRows * (frame.Y.Width + (2 * frame.ChromaWidth));
        if (_kept.Length < bytes)
            _kept = new byte[bytes];
    }

    /// <summary>Copies rows before they are overwritten; after <see cref="Prepare"/>.</summary>
    /// <param name="frame">The picture.</param>
    /// <param name="first">First luma row, even.</param>
    /// <param name="end">Luma row after the last one.</param>
    public void Keep(VideoFrame frame, int first, int end)
    {
        int at = 0;
        Walk(frame, first, end, ref at, fade: false);
    }

    /// <summary>Fades the kept rows into what is there now: the first row is nearly the kept one.</summary>
    /// <param name="frame">The picture.</param>
    /// <param name="first">As given to <see cref="Keep"/>.</param>
    /// <param name="end">As given to <see cref="Keep"/>.</param>
    public void Fade(VideoFrame frame, int first, int end)
    {
        int at = 0;
        Walk(frame, first, end, ref at, fade: true);
    }

    /// <summary>Frees the copy.</summary>
    public void Reset() => _kept = [];

    private void Walk(VideoFrame frame, int first, int end, ref int at, bool fade)
    {
        Rows(frame.Y, first, end, ref at, fade);
        int chromaFirst = (first + 1) / 2;
        int chromaEnd = (end + 1) / 2;
        if (frame.Layout == FrameLayout.Nv12)
        {
            Rows(frame.UV, chromaFirst, chromaEnd, ref at, fade);
        }
        else
        {
            Rows(frame.U, chromaFirst, chromaEnd, ref at, fade);
            Rows(frame.V, chromaFirst, chromaEnd, ref at, fade);
        }
    }

    private void Rows(PlaneView plane, int first, int end, ref int at, bool fade)
    {
        int rows = end - first;
        for (int y = first; y < end; y++)
        {
            Span<byte> row = plane.Row(y);
            Span<byte> kept = _kept.AsSpan(at, row.Length);
            at += row.Length;
            if (!fade)
            {
                row.CopyTo(kept);
                continue;
            }

            int below = y - first + 1;
            int above = rows + 1 - below;
            for (int x = 0; x < row.Length; x++)
                row[x] = (byte)(((kept[x] * above) + (row[x] * below) + ((rows + 1) / 2)) / (rows + 1));
        }
    }
}
