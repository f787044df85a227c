namespace RtcEnhance.Video;

/// <summary>How the samples of a <see cref="VideoFrame"/> lie in memory.</summary>
public enum FrameLayout
{
    /// <summary>Planes Y, U, V; chroma halved both ways, rounded up.</summary>
    I420,

    /// <summary>Plane Y and one plane of interleaved U, V.</summary>
    Nv12,
}

/// <summary>The matrix between R'G'B' and Y'CbCr.</summary>
public enum ColorMatrix
{
    /// <summary>ITU-R BT.601, what WebRTC sends up to standard definition and most encoders by default.</summary>
    Bt601,

    /// <summary>ITU-R BT.709.</summary>
    Bt709,
}

/// <summary>The value range of Y'CbCr samples.</summary>
public enum ColorRange
{
    /// <summary>16 to 235 for luma, 16 to 240 for chroma.</summary>
    Limited,

    /// <summary>0 to 255.</summary>
    Full,
}

/// <summary>
/// A pooled picture with exactly one owner, who passes it on or disposes it; using it afterwards throws. Facts that the
/// host does not know are null. One thread at a time.
/// </summary>
public sealed class VideoFrame : IDisposable
{
    /// <summary>Rows start at multiples of this many bytes, so that aligned vectors may be used.</summary>
    public const int RowAlignment = 64;

    private readonly VideoFramePool _pool;
    private readonly byte[] _buffer;
    private readonly int _origin;
    private int _width;
    private int _height;
    private int _rented;

    internal unsafe VideoFrame(VideoFramePool pool, int capacity)
    {
        _pool = pool;
        _buffer = GC.AllocateUninitializedArray<byte>(capacity + RowAlignment, pinned: true);
        fixed (byte* first = _buffer)
            _origin = (int)((RowAlignment - ((nuint)first % RowAlignment)) % RowAlignment);
        Capacity = capacity;
    }

    /// <summary>Width in pixels.</summary>
    public int Width => _rented != 0 ? _width : throw Returned();

    /// <summary>Height in pixels.</summary>
    public int Height => _rented != 0 ? _height : throw Returned();

    /// <summary>Chroma samples in a row: half the width, rounded up.</summary>
    public int ChromaWidth => (Width + 1) / 2;

    /// <summary>Chroma rows: half the height, rounded up.</summary>
    public int ChromaHeight => (Height + 1) / 2;

    /// <summary>How the samples lie in memory.</summary>
    public FrameLayout Layout { get; private set; }

    /// <summary>Bytes from one luma row to the next.</summary>
    public int LumaStride { get; private set; }

    /// <summary>Bytes from one chroma row to the next.</summary>
    public int ChromaStride { get; private set; }

    /// <summary>The matrix; BT.601 unless the host says otherwise.</summary>
    public ColorMatrix Matrix { get; set; }

    /// <summary>The value range; limited unless the host says otherwise.</summary>
    public ColorRange Range { get; set; }

    /// <summary>RTP timestamp, 90 kHz; null where the host does not know it.</summary>
    public uint? RtpTimestamp { get; set; }

    /// <summary>Size of the access unit; null where the host does not know it.</summary>
    public int? EncodedBytes { get; set; }

    /// <summary>Quantiser in the codec's own scale; null where the host does not know it.</summary>
    public int? Qp { get; set; }

    /// <summary>Whether it was a key frame; null where the host does not know it.</summary>
    public bool? IsKeyFrame { get; set; }

    /// <summary>Luma.</summary>
    public PlaneView Y => new(Bytes(0, LumaStride * Height), Width, Height, LumaStride);

    /// <summary>Blue-difference chroma of an I420 picture.</summary>
    public PlaneView U => Chroma(0);

    /// <summary>Red-difference chroma of an I420 picture.</summary>
    public PlaneView V => Chroma(1);

    /// <summary>Interleaved chroma of an NV12 picture, 2 x <see cref="ChromaWidth"/> bytes a row.</summary>
    public PlaneView UV => Layout == FrameLayout.Nv12
        ? new(Bytes(LumaStride * Height, ChromaStride * ChromaHeight), 2 * ChromaWidth, ChromaHeight, ChromaStride)
        : throw new InvalidOperationException("An I420 picture has no interleaved chroma plane; use U and V.");

    /// <summary>
    /// The method that made most of its rows; null for a decoded picture and for one that the application's own stage made.
    /// </summary>
    public UpscaleMethod? UpscaledBy { get; internal set; }

    internal int Capacity { get; }

    internal bool IsRented => Volatile.Read(ref _rented) != 0;

    /// <summary>True where its pool could rent no more than one picture beside those that are out.</summary>
    internal bool PoolIsNearlyEmpty => _pool.Rented >= _pool.Capacity - 1;

    /// <summary>Changes with every renting: tells a picture from a later one in the same memory.</summary>
    internal int Generation { get; private set; }

    /// <summary>Gives the picture back to its pool. A second call does nothing, on whatever thread.</summary>
    public void Dispose()
    {
        // Twice in the pool would be one picture with two owners.
        if (Interlocked.Exchange(ref _rented, 0) != 0)
            _pool.Return(this);
    }

    /// <summary>Copies the facts of <paramref name="source"/> (time, size in bytes, quantiser, colour), not its samples.</summary>
    /// <param name="source">Where the facts come from.</param>
    public void CopyFactsFrom(VideoFrame source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Matrix = source.Matrix;
        Range = source.Range;
        RtpTimestamp = source.RtpTimestamp;
        EncodedBytes = source.EncodedBytes;
        Qp = source.Qp;
        IsKeyFrame = source.IsKeyFrame;
    }

    internal static int RequiredBytes(int width, int height, FrameLayout layout)
    {
        int chromaRow = layout == FrameLayout.I420 ? (width + 1) / 2 : 2 * ((width + 1) / 2);
        int planes = layout == FrameLayout.I420 ? 2 : 1;
        return checked((Align(width) * height) + (planes * Align(chromaRow) * ((height + 1) / 2)));
    }

    internal void Begin(int width, int height, FrameLayout layout)
    {
        _width = width;
        _height = height;
        Layout = layout;
        LumaStride = Align(width);
        ChromaStride = Align(layout == FrameLayout.I420 ? (width + 1) / 2 : 2 * ((width + 1) / 2));
        Matrix = ColorMatrix.Bt601;
        Range = ColorRange.Limited;
        RtpTimestamp = null;
        EncodedBytes = null;
        Qp = null;
        IsKeyFrame = null;
        UpscaledBy = null;
        Generation++;
        Volatile.Write(ref _rented, 1);
    }

    private static int Align(int bytes) => (bytes + RowAlignment - 1) / RowAlignment * RowAlignment;

    private static ObjectDisposedException Returned() => new(nameof(VideoFrame), "The picture was given back to its pool.");

    private PlaneView Chroma(int index)
    {
        if (Layout != FrameLayout.I420)
            throw new InvalidOperationException("An NV12 picture has one interleaved chroma plane; use UV.");
        int plane = ChromaStride * ChromaHeight;
        return new(Bytes((LumaStride * Height) + (index * plane), plane), ChromaWidth, ChromaHeight, ChromaStride);
    }

    private Span<byte> Bytes(int offset, int length) => _buffer.AsSpan(_origin + offset, length);
}
