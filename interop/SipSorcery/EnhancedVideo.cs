using RtcEnhance.Video;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery;

/// <summary>
/// The video of a session: VP8, VP9, H.264 or AV1 packets in, enlarged pictures to the sink. It asks the sender for a key frame
/// where packets are missing or a picture cannot be decoded, the first one included. Thread-safe.
/// </summary>
public sealed class EnhancedVideo
{
    private readonly EnhancedSessionOptions _options;
    private readonly Action<uint> _requestKeyFrame;
    private readonly Lock _lock = new();
    private Dictionary<byte, VideoCodec> _payloadTypes = [];
    private bool _isDisposed;
    private volatile VideoReceiver? _receiver;

    internal EnhancedVideo(EnhancedSessionOptions options, Action<uint> requestKeyFrame)
    {
        _options = options;
        _requestKeyFrame = requestKeyFrame;
        Enhancer = new VideoEnhancer(options.VideoSink!, options.VideoEnhancer);
    }

    /// <summary>What enlarges the pictures.</summary>
    public VideoEnhancer Enhancer { get; }

    /// <summary>
    /// What decodes, with its clock; null before a format is known that can be. A negotiation that adds payload types or
    /// gives them another meaning makes a new one.
    /// </summary>
    public VideoReceiver? Receiver => _receiver;

    /// <summary>The statistics of <see cref="Receiver"/>, all zero before there is one; from any thread.</summary>
    /// <returns>The statistics.</returns>
    public VideoReceiverStats GetReceiverStats() => _receiver?.GetStats() ?? default;

    /// <summary>The statistics of <see cref="Enhancer"/>; from any thread.</summary>
    /// <returns>The statistics.</returns>
    public InboundVideoStats GetStats() => Enhancer.GetStats();

    /// <summary>Whether the formats are known, be there a decoder for them or not.</summary>
    internal bool IsNegotiated { get; private set; }

    /// <summary>Makes the receiver, or another one where the present one does not know all the formats.</summary>
    /// <returns>Whether there is a new one.</returns>
    internal bool Negotiate(VideoStream stream)
    {
        if (stream.LocalTrack?.Capabilities is not { Count: > 0 } capabilities)
            return false;
        IsNegotiated = true;
        var payloadTypes = new Dictionary<byte, VideoCodec>();
        foreach (SDPAudioVideoMediaFormat sdp in capabilities.ToArray())
        {
            VideoFormat format = sdp.ToVideoFormat();
            if (format.FormatID is >= 0 and <= 127 && ToCodec(format.Codec) is { } codec)
                payloadTypes.TryAdd((byte)format.FormatID, codec);
        }

        lock (_lock)
        {
            bool isCovered = payloadTypes.All(other => _payloadTypes.TryGetValue(other.Key, out VideoCodec codec) && codec == other.Value);
            if (_isDisposed || payloadTypes.Count == 0 || isCovered)
                return false;
            VideoReceiver? former = _receiver;
            var receiver = new VideoReceiver(
                new VideoReceiverOptions { PayloadTypes = payloadTypes, Observer = _options.Observer, Time = _options.Time },
                _options.VideoDecoderFactory!,
                Enhancer);
            receiver.KeyFrameRequested += _requestKeyFrame;
            _payloadTypes = payloadTypes;
            _receiver = receiver;
            former?.Dispose();
            return true;
        }
    }

    internal void Insert(in RtpPacket packet) => _receiver?.InsertPacket(packet);

    internal void AddReport(in RtcpSenderReport report) => _receiver?.AddSenderReport(report);

    internal void Dispose()
    {
        lock (_lock)
            _isDisposed = true;
        _receiver?.Dispose();
        Enhancer.Dispose();
    }

    private static VideoCodec? ToCodec(VideoCodecsEnum codec) => codec switch
    {
        VideoCodecsEnum.VP8 => VideoCodec.Vp8,
        VideoCodecsEnum.H264 => VideoCodec.H264,
        VideoCodecsEnum.VP9 => VideoCodec.Vp9,
        VideoCodecsEnum.AV1 => VideoCodec.Av1,
        _ => null,
    };
}
