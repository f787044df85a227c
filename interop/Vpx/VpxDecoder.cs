using System.Runtime.InteropServices;
using RtcEnhance.Video;

namespace RtcEnhance.Vpx;

/// <summary>
/// VP8 through the system's libvpx. Pictures are copied once, from the library's memory into the pool's. A key frame
/// larger than the limit is refused before the library sees it. One thread at a time.
/// </summary>
public sealed unsafe class VpxDecoder : IVideoDecoder
{
    /// <summary>Most pixels of a picture: 4096 x 2304.</summary>
    public const int MaxPixels = 4096 * 2304;

    // vpx_codec_ctx_t is 56 bytes on 64-bit systems; the library writes nothing beyond it.
    private const int ContextBytes = 256;
    private const int KeyFrameHeaderBytes = 10;

    // VPX_DECODER_ABI_VERSION by release: 12 from 1.8 on, lower ones before; newer ones only ever counted up.
    private static ReadOnlySpan<int> AbiVersions => [12, 11, 10, 9, 13, 14, 15, 16, 17, 18];

    private readonly int _threads;
    private void* _context;
    private uint _timestamp;
    private int _width;
    private int _height;
    private bool _hasPicture;
    private bool _isOpen;

    /// <summary>A decoder, ready for a key frame.</summary>
    /// <param name="threads">Threads inside the library, 1 to 16.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is outside its range.</exception>
    /// <exception cref="DllNotFoundException">libvpx is not installed; the message says how to install it.</exception>
    /// <exception cref="NotSupportedException">The installed libvpx speaks an interface version that is not known.</exception>
    public VpxDecoder(int threads = 1)
    {
        if (threads is < 1 or > 16)
            throw new ArgumentOutOfRangeException(nameof(threads), threads, "libvpx decodes with 1 to 16 threads here.");
        _threads = threads;
        _context = NativeMemory.AllocZeroed(ContextBytes);
        try
        {
            Open();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Name => "libvpx";

    /// <inheritdoc/>
    public VideoDecodeStatus Decode(in EncodedVideoFrame frame)
    {
        ObjectDisposedException.ThrowIf(_context == null, this);
        if (!_isOpen)
            return VideoDecodeStatus.Faulted;
        _hasPicture = false;

        // Empty data would tell the library to conceal a lost frame.
        ReadOnlySpan<byte> data = frame.Data.Span;
        if (frame.Codec != VideoCodec.Vp8 || data.Length <= 3 || !TryReadSize(data))
            return VideoDecodeStatus.Corrupt;

        int error;
        fixed (byte* bytes = data)
            error = VpxNative.Decode(_context, bytes, (uint)data.Length, null, 0);
        if (error != VpxNative.Ok)
        {
            _width = 0; // only a key frame helps now
            return VideoDecodeStatus.Corrupt;
        }

        _hasPicture = true;
        _timestamp = frame.RtpTimestamp;
        return VideoDecodeStatus.Ok;
    }

    /// <inheritdoc/>
    public bool TryTakePicture(VideoFramePool pool, out VideoFrame? picture)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ObjectDisposedException.ThrowIf(_context == null, this);
        picture = null;
        if (!_hasPicture)
            return false;

        // VP8 yields at most one picture per frame, none where the frame says it is not shown.
        _hasPicture = false;
        void* iterator = null;
        VpxImage* image = VpxNative.NextPicture(_context, &iterator);
        if (image == null)
            return false;
        if (!image->IsPlausible(_width, _height))
            throw new NotSupportedException($"libvpx gave a picture that is not the stream's {_width}x{_height} I420: its vpx_image_t is laid out in a way that is not known.");

        picture = pool.Rent(_width, _height);
        if (picture is null)
            return true;
        Copy(image->PlaneY, image->StrideY, picture.Y);
        Copy(image->PlaneU, image->StrideU, picture.U);
        Copy(image->PlaneV, image->StrideV, picture.V);
        picture.RtpTimestamp = _timestamp;
        return true;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        ObjectDisposedException.ThrowIf(_context == null, this);
        Close();
        Open();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_context == null)
            return;
        Close();
        NativeMemory.Free(_context);
        _context = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the library's memory where the owner forgot to.</summary>
    ~VpxDecoder() => Dispose();

    private static void Copy(byte* source, int stride, PlaneView target)
    {
        for (int y = 0; y < target.Height; y++)
            new ReadOnlySpan<byte>(source + ((nint)y * stride), target.Width).CopyTo(target.Row(y));
    }

    private void Open()
    {
        nint codec = VpxNative.Vp8Interface();
        var config = new VpxNative.DecoderConfig { Threads = (uint)_threads };
        int error = VpxNative.AbiMismatch;
        foreach (int abi in AbiVersions)
        {
            NativeMemory.Clear(_context, ContextBytes);
            error = VpxNative.Initialize(_context, codec, &config, 0, abi);
            if (error != VpxNative.AbiMismatch)
                break;
        }

        if (error != VpxNative.Ok)
            throw new NotSupportedException($"The installed libvpx refused to open a VP8 decoder (error {error}; 3 means an unknown interface version).");
        _isOpen = true;
        _hasPicture = false;
        _width = 0;
        _height = 0;
    }

    private void Close()
    {
        if (_isOpen)
            _ = VpxNative.Destroy(_context);
        _isOpen = false;
    }

    // RFC 6386 section 9.1.
    private bool TryReadSize(ReadOnlySpan<byte> data)
    {
        if ((data[0] & 1) != 0)
            return _width > 0;
        if (data.Length <= KeyFrameHeaderBytes)
            return false;
        int width = (data[6] | (data[7] << 8)) & 0x3FFF;
        int height = (data[8] | (data[9] << 8)) & 0x3FFF;
        if (width == 0 || height == 0 || (long)width * height > MaxPixels)
            return false;
        _width = width;
        _height = height;
        return true;
    }
}
