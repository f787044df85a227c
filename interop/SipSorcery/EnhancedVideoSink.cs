using System.Net;
using RtcEnhance.Video;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery;

/// <summary>
/// SIPSorcery's own video end point, or a third party's, with enlarged pictures: for codecs that
/// <see cref="EnhancedVideo"/> does not decode. It decodes as before, on the socket's thread; its pictures are copied
/// within its callback, and both events are raised on the enhancer's thread, in the format in which the end point decodes.
/// These pictures come without a timestamp, so nothing keeps them with the sound. As safe with threads as the end point.
/// </summary>
public sealed class EnhancedVideoSink : IVideoSink, IDisposable
{
    private readonly IVideoSink _inner;
    private readonly VideoFramePool _pool = new();
    private volatile bool _raisesFaster;
    private VideoPixelFormatsEnum _format;
    private byte[] _pinned = [];
    private long _refused;

    /// <summary>A sink in front of another one, which is decoding from now on for this one.</summary>
    /// <param name="inner">The end point; stays the caller's.</param>
    /// <param name="options">How pictures are enlarged; the defaults where it is null.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public EnhancedVideoSink(IVideoSink inner, VideoEnhancerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _inner = inner;
        Enhancer = new VideoEnhancer(new Output(this), options);
        inner.OnVideoSinkDecodedSample += OnSample;
        inner.OnVideoSinkDecodedSampleFaster += OnImage;
    }

    /// <summary>An enlarged picture, in an array of its own.</summary>
    public event VideoSinkSampleDecodedDelegate? OnVideoSinkDecodedSample;

    /// <summary>An enlarged picture, in memory that is written again after the callback.</summary>
    public event VideoSinkSampleDecodedFasterDelegate? OnVideoSinkDecodedSampleFaster;

    /// <summary>What enlarges the pictures, with its statistics.</summary>
    public VideoEnhancer Enhancer { get; }

    /// <summary>Pictures that could not be taken: a format that RtcEnhance does not know, or all frames in use.</summary>
    public long PicturesRefused => Volatile.Read(ref _refused);

    /// <inheritdoc/>
    public void GotVideoRtp(IPEndPoint remoteEndPoint, uint ssrc, uint seqnum, uint timestamp, int payloadID, bool marker, byte[] payload)
        => _inner.GotVideoRtp(remoteEndPoint, ssrc, seqnum, timestamp, payloadID, marker, payload);

    /// <inheritdoc/>
    public void GotVideoFrame(IPEndPoint remoteEndPoint, uint timestamp, byte[] payload, VideoFormat format)
        => _inner.GotVideoFrame(remoteEndPoint, timestamp, payload, format);

    /// <inheritdoc/>
    public List<VideoFormat> GetVideoSinkFormats() => _inner.GetVideoSinkFormats();

    /// <inheritdoc/>
    public void SetVideoSinkFormat(VideoFormat videoFormat) => _inner.SetVideoSinkFormat(videoFormat);

    /// <inheritdoc/>
    public void RestrictFormats(Func<VideoFormat, bool> filter) => _inner.RestrictFormats(filter);

    /// <inheritdoc/>
    public Task PauseVideoSink() => _inner.PauseVideoSink();

    /// <inheritdoc/>
    public Task ResumeVideoSink() => _inner.ResumeVideoSink();

    /// <inheritdoc/>
    public Task StartVideoSink() => _inner.StartVideoSink();

    /// <inheritdoc/>
    public Task CloseVideoSink() => _inner.CloseVideoSink();

    /// <summary>Lets go of the end point and ends the enhancer; called inside a callback, too.</summary>
    public void Dispose()
    {
        _inner.OnVideoSinkDecodedSample -= OnSample;
        _inner.OnVideoSinkDecodedSampleFaster -= OnImage;
        Enhancer.Dispose();
    }

    private void Raise(VideoFrame frame)
    {
        VideoPixelFormatsEnum format = _format;
        (int width, int height) = (frame.Width, frame.Height);
        int bytes = SizeOf(format, width, height);
        bool wantsArray = OnVideoSinkDecodedSample is not null;
        if (!wantsArray && _pinned.Length < bytes)
            _pinned = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        byte[] pixels = wantsArray ? GC.AllocateUninitializedArray<byte>(bytes, pinned: true) : _pinned;
        FrameConverter.TryExport(frame, HostPicture.Contiguous(ToHost(format)!.Value, pixels.AsSpan(0, bytes), width, height), out _);
        frame.Dispose();

        int stride = IsPlanar(format) ? width : bytes / height;
        OnVideoSinkDecodedSample?.Invoke(pixels, (uint)width, (uint)height, stride, format);
        unsafe
        {
            fixed (byte* sample = pixels)
                OnVideoSinkDecodedSampleFaster?.Invoke(new RawImage { Width = width, Height = height, Stride = stride, Sample = (nint)sample, PixelFormat = format });
        }
    }

    private void OnSample(byte[] sample, uint width, uint height, int stride, VideoPixelFormatsEnum format)
    {
        // An end point that raises both events has one picture for both.
        if (!_raisesFaster)
            Take(sample, (int)width, (int)height, stride, format);
    }

    private unsafe void OnImage(RawImage image)
    {
        _raisesFaster = true;
        int bytes = IsPlanar(image.PixelFormat) ? SizeOf(image.PixelFormat, image.Width, image.Height) : image.Height * image.Stride;
        if (image.Sample != 0 && bytes > 0)
            Take(new Span<byte>((void*)image.Sample, bytes), image.Width, image.Height, image.Stride, image.PixelFormat);
    }

    private void Take(Span<byte> pixels, int width, int height, int stride, VideoPixelFormatsEnum format)
    {
        if (ToHost(format) is { } host
            && width is > 0 and <= VideoFramePool.MaxDimension && height is > 0 and <= VideoFramePool.MaxDimension
            && _pool.Rent(width, height) is { } frame)
        {
            HostPicture picture = IsPlanar(format) ? HostPicture.Contiguous(host, pixels, width, height) : HostPicture.Packed(host, pixels, width, height, stride);
            if (FrameConverter.TryImport(picture, frame, out _))
            {
                _format = format;
                Enhancer.Submit(frame);
                return;
            }

            frame.Dispose();
        }

        Interlocked.Increment(ref _refused);
    }

    private static bool IsPlanar(VideoPixelFormatsEnum format) => format is VideoPixelFormatsEnum.I420 or VideoPixelFormatsEnum.NV12;

    private static int SizeOf(VideoPixelFormatsEnum format, int width, int height)
        => IsPlanar(format) ? (width * height) + (2 * ((width + 1) / 2) * ((height + 1) / 2))
            : width * height * (format == VideoPixelFormatsEnum.Bgra ? 4 : 3);

    private static HostPixelFormat? ToHost(VideoPixelFormatsEnum format) => format switch
    {
        VideoPixelFormatsEnum.Rgb => HostPixelFormat.Rgb24,
        VideoPixelFormatsEnum.Bgr => HostPixelFormat.Bgr24,
        VideoPixelFormatsEnum.Bgra => HostPixelFormat.Bgra32,
        VideoPixelFormatsEnum.I420 => HostPixelFormat.I420,
        VideoPixelFormatsEnum.NV12 => HostPixelFormat.Nv12,
        _ => null,
    };

    private sealed class Output(EnhancedVideoSink owner) : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame) => owner.Raise(frame);
    }
}
