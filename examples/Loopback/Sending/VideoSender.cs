using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Loopback.Sending;

/// <summary>
/// Encodes the clip picture by picture and cuts it into RTP packets. Asked for a key frame it starts a new encoder, the
/// one way to get one from FFmpeg's command line. <see cref="RequestKeyFrame"/> may come from any thread.
/// </summary>
public sealed class VideoSender : IDisposable
{
    /// <summary>Video's SSRC.</summary>
    public const uint Ssrc = 0x0A0D_2002;

    /// <summary>Ticks of the 90 kHz clock from one picture to the next.</summary>
    public const uint TicksPerFrame = 90000 / SourceClip.FramesPerSecond;

    private readonly SourceClip _clip;
    private readonly CallOptions _options;
    private readonly PacketizerCall _packetize;
    private readonly List<RtpPacket> _packets = [];
    private FFmpegVideoEncoder? _encoder;
    private int _written;
    private int _next;
    private int _keyFrameRequested;

    /// <summary>A sender; nothing is started yet.</summary>
    public VideoSender(SourceClip clip, CallOptions options)
    {
        _clip = clip;
        _options = options;
        byte payloadType = PayloadType(options.VideoCodec);
        _packetize = options.VideoCodec == VideoCodec.Vp8
            ? new Vp8Packetizer(Ssrc, payloadType).Packetize
            : new H264Packetizer(Ssrc, payloadType).Packetize;
    }

    private delegate void PacketizerCall(ReadOnlySpan<byte> unit, uint rtpTimestamp, long arrivalTimestamp, ICollection<RtpPacket> packets);

    /// <summary>Bytes of the access units so far.</summary>
    public long EncodedBytes { get; private set; }

    /// <summary>Key frames asked for and sent.</summary>
    public int KeyFramesOnRequest { get; private set; }

    /// <summary>Payload types as browsers use them.</summary>
    public static byte PayloadType(VideoCodec codec) => (byte)(codec == VideoCodec.Vp8 ? 96 : 102);

    /// <summary>The next picture is to be a key frame.</summary>
    public void RequestKeyFrame() => Interlocked.Exchange(ref _keyFrameRequested, 1);

    /// <summary>The packets of the next picture.</summary>
    /// <returns>Datagrams in order.</returns>
    public IReadOnlyList<byte[]> Next()
    {
        if (Interlocked.Exchange(ref _keyFrameRequested, 0) == 1 && _encoder is not null)
        {
            _encoder.Dispose();
            _encoder = null;
            KeyFramesOnRequest++;
        }

        if (_encoder is null)
        {
            _encoder = new FFmpegVideoEncoder(_options.VideoCodec, SourceClip.SentWidth, SourceClip.SentHeight, SourceClip.FramesPerSecond, _options.VideoKbps);
            _written = _next;
        }

        while (_written <= _next + _encoder.Lookahead)
            _encoder.Write(_clip.SentFrame(_written++).Span);
        byte[] unit = _encoder.Read();
        EncodedBytes += unit.Length;
        _packets.Clear();
        _packetize(unit, (uint)_next++ * TicksPerFrame, 0, _packets);
        return [.. _packets.Select(packet => RtpDatagram.Build(packet))];
    }

    /// <summary>Ends the encoder.</summary>
    public void Dispose() => _encoder?.Dispose();
}
