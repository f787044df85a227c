using System.Runtime.InteropServices;
using global::FFmpeg.AutoGen;
using RtcEnhance.Video;

namespace RtcEnhance.FFmpeg;

/// <summary>
/// VP8, VP9, H.264 or AV1 through the libavcodec of the system: 8 bits a sample, 4:2:0, the samples copied once into the
/// pool's memory as I420. What the network sent is never written to the console. One thread at a time.
/// </summary>
public sealed unsafe class FFmpegVideoDecoder : IVideoDecoder
{
    /// <summary>Most pixels of a picture: 4096 x 2304; a larger one is corrupt.</summary>
    public const int MaxPixels = 4096 * 2304;

    // AV_LOG_MAX_OFFSET: beyond every level that is shown. A decoder must not fill a console with the network's faults.
    private const int Unlogged = 64;

    private readonly VideoCodec _codec;
    private readonly int _threads;
    private AVCodecContext* _context;
    private AVPacket* _packet;
    private AVFrame* _picture;
    private bool _hasPicture;
    private bool _waitsForKeyFrame = true;

    /// <summary>A decoder, ready for a key frame.</summary>
    /// <param name="codec">What it decodes.</param>
    /// <param name="threads">Threads inside the library, 1 to 16; no picture is held back for them.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <exception cref="DllNotFoundException">libavcodec is not installed; the message says how to install it.</exception>
    /// <exception cref="NotSupportedException">The installed libavcodec has no decoder for <paramref name="codec"/>.</exception>
    public FFmpegVideoDecoder(VideoCodec codec, int threads = 1)
    {
        if (!Enum.IsDefined(codec))
            throw new ArgumentOutOfRangeException(nameof(codec), codec, "This is no codec.");
        if (threads is < 1 or > 16)
            throw new ArgumentOutOfRangeException(nameof(threads), threads, "libavcodec decodes with 1 to 16 threads here.");
        FFmpegLibraries.EnsureLoaded();
        _codec = codec;
        _threads = threads;
        try
        {
            _packet = ffmpeg.av_packet_alloc();
            _picture = ffmpeg.av_frame_alloc();
            if (_packet == null || _picture == null)
                throw new InsufficientMemoryException("libavcodec has no memory for a decoder.");
            Open();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Name { get; private set; } = "";

    /// <inheritdoc/>
    public VideoDecodeStatus Decode(in EncodedVideoFrame frame)
    {
        ObjectDisposedException.ThrowIf(_context == null, this);
        while (_hasPicture)
            TakeNext(); // what nobody took
        if (frame.Codec != _codec || frame.Data.IsEmpty || (_waitsForKeyFrame && !frame.IsKeyFrame))
            return VideoDecodeStatus.Corrupt;

        // A key frame needs nothing from before, such as a delay for reordering that a damaged header asked for.
        if (frame.IsKeyFrame)
            Forget();
        if (ffmpeg.av_new_packet(_packet, frame.Data.Length) < 0)
            return VideoDecodeStatus.Faulted;

        frame.Data.Span.CopyTo(new Span<byte>(_packet->data, frame.Data.Length));
        _packet->pts = frame.RtpTimestamp;
        int error = ffmpeg.avcodec_send_packet(_context, _packet);
        ffmpeg.av_packet_unref(_packet);
        if (error < 0 || !TakeNext())
        {
            _hasPicture = false;
            _waitsForKeyFrame = true;
            return VideoDecodeStatus.Corrupt;
        }

        _waitsForKeyFrame = false;
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
        picture = pool.Rent(_picture->width, _picture->height);
        if (picture is not null)
        {
            Copy(_picture->data[0], _picture->linesize[0], picture.Y);
            Copy(_picture->data[1], _picture->linesize[1], picture.U);
            Copy(_picture->data[2], _picture->linesize[2], picture.V);
            picture.RtpTimestamp = (uint)_picture->pts;
            picture.Matrix = _picture->colorspace == AVColorSpace.AVCOL_SPC_BT709 ? ColorMatrix.Bt709 : ColorMatrix.Bt601;
            picture.Range = IsFullRange(_picture) ? ColorRange.Full : ColorRange.Limited;
        }

        TakeNext();
        return true;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        ObjectDisposedException.ThrowIf(_context == null, this);
        Forget();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        AVCodecContext* context = _context;
        AVFrame* picture = _picture;
        AVPacket* packet = _packet;
        _context = null;
        _picture = null;
        _packet = null;
        if (context != null)
            ffmpeg.avcodec_free_context(&context);
        if (picture != null)
            ffmpeg.av_frame_free(&picture);
        if (packet != null)
            ffmpeg.av_packet_free(&packet);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the library's memory where the owner forgot to.</summary>
    ~FFmpegVideoDecoder() => Dispose();

    private void Open()
    {
        AVCodec* decoder = ffmpeg.avcodec_find_decoder(ToId(_codec));
        string? name = decoder == null ? null : Marshal.PtrToStringUTF8((nint)decoder->name);

        // libavcodec's own AV1 decoder only drives hardware.
        if (name is null or "av1")
            throw new NotSupportedException($"The installed libavcodec has no decoder for {_codec}.");
        Name = $"libavcodec {name}";
        _context = ffmpeg.avcodec_alloc_context3(decoder);
        if (_context == null)
            throw new InsufficientMemoryException("libavcodec has no memory for a decoder.");
        _context->thread_count = _threads;
        _context->thread_type = ffmpeg.FF_THREAD_SLICE;
        _context->flags |= ffmpeg.AV_CODEC_FLAG_LOW_DELAY;
        _context->max_pixels = MaxPixels;
        _context->log_level_offset = Unlogged;
        int error = ffmpeg.avcodec_open2(_context, decoder, null);
        if (error < 0)
            throw new NotSupportedException($"The installed libavcodec refused to open its decoder {name} (error {error}).");
    }

    /// <summary>Fetches the next picture of the access unit, where there is one.</summary>
    /// <returns>False where it could not be decoded.</returns>
    private bool TakeNext()
    {
        int error = ffmpeg.avcodec_receive_frame(_context, _picture);
        _hasPicture = error >= 0 && IsWhole(_picture);
        return _hasPicture || error == -ffmpeg.EAGAIN; // AVERROR() would box it
    }

    private void Forget()
    {
        ffmpeg.avcodec_flush_buffers(_context);
        _context->has_b_frames = 0;
        ffmpeg.av_frame_unref(_picture);
        _hasPicture = false;
        _waitsForKeyFrame = true;
    }

    private static AVCodecID ToId(VideoCodec codec) => codec switch
    {
        VideoCodec.Vp8 => AVCodecID.AV_CODEC_ID_VP8,
        VideoCodec.Vp9 => AVCodecID.AV_CODEC_ID_VP9,
        VideoCodec.H264 => AVCodecID.AV_CODEC_ID_H264,
        _ => AVCodecID.AV_CODEC_ID_AV1,
    };

    /// <summary>A picture with a hole in it, or of more bits or chroma than RtcEnhance has, is as good as none.</summary>
    private static bool IsWhole(AVFrame* picture)
        => (AVPixelFormat)picture->format is AVPixelFormat.AV_PIX_FMT_YUV420P or AVPixelFormat.AV_PIX_FMT_YUVJ420P
            && picture->decode_error_flags == 0 && (picture->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) == 0
            && picture->width is > 0 and <= VideoFramePool.MaxDimension && picture->height is > 0 and <= VideoFramePool.MaxDimension;

    private static bool IsFullRange(AVFrame* picture)
        => picture->color_range == AVColorRange.AVCOL_RANGE_JPEG || (AVPixelFormat)picture->format == AVPixelFormat.AV_PIX_FMT_YUVJ420P;

    private static void Copy(byte* source, int stride, PlaneView target)
    {
        for (int y = 0; y < target.Height; y++)
            new ReadOnlySpan<byte>(source + ((nint)y * stride), target.Width).CopyTo(target.Row(y));
    }
}
