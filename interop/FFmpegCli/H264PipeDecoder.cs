using RtcEnhance.Video;

namespace RtcEnhance.FFmpegCli;

/// <summary>
/// H.264 through the ffmpeg executable (5.1 or newer), by pipes. <see cref="Decode"/> returns when the picture is there,
/// so pictures come without a frame of delay and under the right timestamp. Streams with B-frames, which no call sends,
/// are not supported. A new sequence parameter set or a frame that ffmpeg refuses starts a new process at the next key
/// frame. One thread at a time.
/// </summary>
public sealed class H264PipeDecoder : IVideoDecoder
{
    private const int SliceNal = 1;
    private const int IdrSliceNal = 5;
    private const int SequenceSetNal = 7;
    private const int DelimiterNal = 9;

    private readonly FFmpegExecutable _executable;
    private readonly TimeSpan _timeout;
    private H264Session? _session;
    private byte[] _sequenceSet = [];
    private uint _timestamp;
    private bool _hasPicture;
    private bool _disposed;

    /// <summary>A decoder; the process starts with the first key frame.</summary>
    /// <param name="executable">ffmpeg; null for the one on PATH.</param>
    /// <param name="pictureTimeout">How long ffmpeg may take over one frame, its start included; null for 5 seconds.</param>
    /// <exception cref="FileNotFoundException">There is none on PATH; the message says how to get it.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pictureTimeout"/> is not 1 ms to 1 minute.</exception>
    public H264PipeDecoder(FFmpegExecutable? executable = null, TimeSpan? pictureTimeout = null)
    {
        _timeout = pictureTimeout ?? TimeSpan.FromSeconds(5);
        if (_timeout < TimeSpan.FromMilliseconds(1) || _timeout > TimeSpan.FromMinutes(1))
            throw new ArgumentOutOfRangeException(nameof(pictureTimeout), pictureTimeout, "The timeout is 1 ms to 1 minute.");
        _executable = executable ?? FFmpegExecutable.Find();
    }

    /// <inheritdoc/>
    public string Name => "ffmpeg";

    /// <inheritdoc/>
    public VideoDecodeStatus Decode(in EncodedVideoFrame frame)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _hasPicture = false;
        ReadOnlySpan<byte> data = frame.Data.Span;
        if (frame.Codec != VideoCodec.H264)
            return VideoDecodeStatus.Corrupt;

        Scan scan = Inspect(data);
        if (!scan.HasSlice)
            return VideoDecodeStatus.Corrupt;
        if (scan.HasIdr && !scan.SequenceSet.IsEmpty && !scan.SequenceSet.SequenceEqual(_sequenceSet))
        {
            EndSession();
            _sequenceSet = scan.SequenceSet.ToArray();
        }

        if (_session is null)
        {
            if (!scan.HasIdr || scan.SequenceSet.IsEmpty)
                return VideoDecodeStatus.Corrupt;
            _session = new H264Session(_executable.Path, _timeout);
        }

        H264Session.Answer answer = _session.Decode(data[scan.Start..]);
        if (answer == H264Session.Answer.Picture)
        {
            _hasPicture = true;
            _timestamp = frame.RtpTimestamp;
            return VideoDecodeStatus.Ok;
        }

        EndSession();
        return answer == H264Session.Answer.Ended ? VideoDecodeStatus.Faulted : VideoDecodeStatus.Corrupt;
    }

    /// <inheritdoc/>
    public bool TryTakePicture(VideoFramePool pool, out VideoFrame? picture)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ObjectDisposedException.ThrowIf(_disposed, this);
        picture = null;
        if (!_hasPicture || _session is null)
            return false;

        _hasPicture = false;
        picture = pool.Rent(_session.Width, _session.Height);
        if (picture is null)
            return true;
        ReadOnlySpan<byte> rest = Copy(_session.Picture, picture.Y);
        rest = Copy(rest, picture.U);
        Copy(rest, picture.V);
        picture.RtpTimestamp = _timestamp;
        return true;
    }

    /// <inheritdoc/>
    public void Reset() => EndSession();

    /// <inheritdoc/>
    public void Dispose()
    {
        EndSession();
        _disposed = true;
    }

    private static ReadOnlySpan<byte> Copy(ReadOnlySpan<byte> source, PlaneView target)
    {
        for (int y = 0; y < target.Height; y++)
            source.Slice(y * target.Width, target.Width).CopyTo(target.Row(y));
        return source[(target.Width * target.Height)..];
    }

    // A leading delimiter is left out: the one that closed the frame before stands there already.
    private static Scan Inspect(ReadOnlySpan<byte> data)
    {
        var scan = default(Scan);
        int position = 0;
        bool isFirst = true;
        while (TryFindNal(data, ref position, out int codeStart, out int nalStart))
        {
            int type = data[nalStart] & 0x1F;
            if (isFirst || (scan.StartsAtDelimiter && scan.Start < 0))
                scan.Start = codeStart;
            if (isFirst && type == DelimiterNal)
            {
                scan.StartsAtDelimiter = true;
                scan.Start = -1;
            }

            isFirst = false;
            scan.HasSlice |= type is SliceNal or IdrSliceNal;
            scan.HasIdr |= type == IdrSliceNal;
            if (type == SequenceSetNal)
            {
                int next = nalStart;
                int end = TryFindNal(data, ref next, out int nextCode, out _) ? nextCode : data.Length;
                scan.SequenceSet = data[nalStart..end];
            }
        }

        scan.Start = Math.Max(scan.Start, 0);
        return scan;
    }

    private static bool TryFindNal(ReadOnlySpan<byte> data, ref int position, out int codeStart, out int nalStart)
    {
        codeStart = -1;
        nalStart = -1;
        int at = data[position..].IndexOf((ReadOnlySpan<byte>)[0, 0, 1]);
        if (at < 0 || position + at + 3 >= data.Length)
            return false;
        codeStart = position + at;
        nalStart = codeStart + 3;
        position = nalStart;
        if (codeStart > 0 && data[codeStart - 1] == 0)
            codeStart--;
        return true;
    }

    private void EndSession()
    {
        _session?.Dispose();
        _session = null;
        _hasPicture = false;
    }

    private ref struct Scan
    {
        public bool HasSlice;
        public bool HasIdr;
        public bool StartsAtDelimiter;
        public int Start;
        public ReadOnlySpan<byte> SequenceSet;
    }
}
