using System.Net;
using System.Runtime.CompilerServices;
using RtcEnhance.Video;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery;

/// <summary>
/// The receive side of a SIPSorcery session while RtcEnhance has it. SIPSorcery's callbacks stamp a packet, hand it on and
/// return; sound is decoded where it is pulled, pictures on threads of their own. It ends with the session. Thread-safe.
/// </summary>
public sealed class EnhancedSession : IDisposable
{
    // Which streams are taken, so that no packet is played twice; gone with the session.
    private static readonly ConditionalWeakTable<RTPSession, HashSet<(SDPMediaTypesEnum Media, int Index)>> Taken = [];

    private readonly RTPSession _session;
    private readonly EnhancedSessionOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly EnhancedAudio? _audio;
    private readonly AudioSinkFeed? _feed;
    private LipSync? _lipSync;
    private bool _isDisposed;

    internal EnhancedSession(RTPSession session, EnhancedSessionOptions options)
    {
        _session = session;
        _options = options;
        _time = options.Time;
        if (session.IsClosed)
            throw new InvalidOperationException("The session is closed.");
        ThrowIfReordered(session);
        Take();
        try
        {
            if (options.AudioIndex is not null)
                _audio = new EnhancedAudio(options);
            if (options.VideoSink is not null)
                Video = new EnhancedVideo(options, RequestKeyFrame);
            if (_audio is not null)
                _feed = AudioSinkFeed.Create(session, _audio, options);
        }
        catch
        {
            Video?.Dispose();
            GiveBack();
            throw;
        }

        session.OnAudioFormatsNegotiatedByIndex += OnAudioFormats;
        session.OnVideoFormatsNegotiatedByIndex += OnVideoFormats;
        session.OnRtpPacketReceivedByIndex += OnPacket;
        session.OnRtpEventByIndex += OnTelephoneEvent;
        session.OnReceiveReportByIndex += OnReport;
        session.OnClosed += Dispose;

        // In the middle of a call there is nothing more to wait for.
        if (AudioStream is { RemoteTrack: not null } audio)
            Negotiate(audio);
        if (VideoStream is { RemoteTrack: not null } video)
            Negotiate(video);
    }

    /// <summary>The audio to play.</summary>
    /// <exception cref="InvalidOperationException">The options have no audio stream.</exception>
    public EnhancedAudio Audio => _audio ?? throw new InvalidOperationException($"{nameof(EnhancedSessionOptions.AudioIndex)} is null: there is no audio.");

    /// <summary>The video; null where the options have no sink.</summary>
    public EnhancedVideo? Video { get; }

    /// <summary>Statistics of all that is received; from any thread, after the end, too.</summary>
    /// <returns>The statistics.</returns>
    public EnhancedSessionStats GetStats() => new()
    {
        Audio = _audio?.GetStats() ?? default,
        VideoReceiver = Video?.GetReceiverStats() ?? default,
        Video = Video?.GetStats() ?? default,
    };

    /// <summary>
    /// Leaves the session as it was found and frees what receives; the audio is silence from then on. The session lives on.
    /// A second call does nothing.
    /// </summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }

        _session.OnAudioFormatsNegotiatedByIndex -= OnAudioFormats;
        _session.OnVideoFormatsNegotiatedByIndex -= OnVideoFormats;
        _session.OnRtpPacketReceivedByIndex -= OnPacket;
        _session.OnRtpEventByIndex -= OnTelephoneEvent;
        _session.OnReceiveReportByIndex -= OnReport;
        _session.OnClosed -= Dispose;
        _feed?.Dispose();
        lock (_lock)
            _lipSync?.Dispose();
        Video?.Dispose();
        _audio?.Dispose();
        GiveBack();
    }

    private AudioStream? AudioStream => _options.AudioIndex is { } index && index < _session.AudioStreamList.Count ? _session.AudioStreamList[index] : null;

    private VideoStream? VideoStream => Video is not null && _options.VideoIndex < _session.VideoStreamList.Count ? _session.VideoStreamList[_options.VideoIndex] : null;

    private void OnAudioFormats(int index, List<SIPSorceryMedia.Abstractions.AudioFormat> formats)
    {
        if (index == _options.AudioIndex && AudioStream is { } stream)
            Negotiate(stream);
    }

    private void OnVideoFormats(int index, List<VideoFormat> formats)
    {
        if (index == _options.VideoIndex && VideoStream is { } stream)
            Negotiate(stream);
    }

    private void OnPacket(int index, IPEndPoint remote, SDPMediaTypesEnum media, RTPPacket packet)
    {
        long arrival = _time.GetTimestamp();
        if (media == SDPMediaTypesEnum.audio && index == _options.AudioIndex)
        {
            // Without SDP nobody says that the formats are known.
            if (!_audio!.IsNegotiated && AudioStream is { } stream)
                Negotiate(stream);
            _audio.Insert(PacketConverter.ToPacket(packet, arrival));
        }
        else if (media == SDPMediaTypesEnum.video && index == _options.VideoIndex && Video is not null)
        {
            if (!Video.IsNegotiated && VideoStream is { } stream)
                Negotiate(stream);
            Video.Insert(PacketConverter.ToPacket(packet, arrival));
        }
    }

    private void OnTelephoneEvent(int index, IPEndPoint remote, RTPEvent telephoneEvent, RTPHeader header)
    {
        if (index == _options.AudioIndex)
            _audio!.Insert(PacketConverter.ToPacket(telephoneEvent, header, _time.GetTimestamp()));
    }

    private void OnReport(int index, IPEndPoint remote, SDPMediaTypesEnum media, RTCPCompoundPacket packet)
    {
        if (!PacketConverter.TryGetReport(packet, out RtcpSenderReport report))
            return;
        if (media == SDPMediaTypesEnum.audio && index == _options.AudioIndex)
            _audio!.AddReport(report);
        else if (media == SDPMediaTypesEnum.video && index == _options.VideoIndex)
            Video?.AddReport(report);
    }

    private void Negotiate(AudioStream stream)
    {
        if (_audio!.Negotiate(stream))
            TieTogether();
    }

    private void Negotiate(VideoStream stream)
    {
        if (Video!.Negotiate(stream))
            TieTogether();
    }

    /// <summary>Either stream's receiver is new, and so is what keeps it with the other one.</summary>
    private void TieTogether()
    {
        lock (_lock)
        {
            if (_isDisposed || !_options.LipSync || _audio?.Receiver is not { } audio || Video?.Receiver is not { } video)
                return;
            LipSync? former = _lipSync;
            _lipSync = new LipSync(audio, video.PlayoutClock);
            Video.Enhancer.LipSync = _lipSync;
            former?.Dispose();
        }
    }

    /// <summary>On the socket's or the decoder's thread, and not more often than the receiver's interval of 500 ms.</summary>
    private void RequestKeyFrame(uint ssrc)
    {
        if (VideoStream is { IsClosed: false } stream)
            stream.SendRtcpFeedback(new RTCPFeedback(stream.LocalTrack?.Ssrc ?? 0, ssrc, PSFBFeedbackTypesEnum.PLI));
    }

    private void Take()
    {
        HashSet<(SDPMediaTypesEnum, int)> taken = Taken.GetOrCreateValue(_session);
        lock (taken)
        {
            foreach ((SDPMediaTypesEnum media, int index) in Streams())
            {
                if (taken.Contains((media, index)))
                    throw new InvalidOperationException($"RtcEnhance receives {media} stream {index} of this session already; dispose the other {nameof(EnhancedSession)} first.");
            }

            taken.UnionWith(Streams());
        }
    }

    private void GiveBack()
    {
        HashSet<(SDPMediaTypesEnum, int)> taken = Taken.GetOrCreateValue(_session);
        lock (taken)
            taken.ExceptWith(Streams());
    }

    private IEnumerable<(SDPMediaTypesEnum Media, int Index)> Streams()
    {
        if (_options.AudioIndex is { } audio)
            yield return (SDPMediaTypesEnum.audio, audio);
        if (_options.VideoSink is not null)
            yield return (SDPMediaTypesEnum.video, _options.VideoIndex);
    }

    /// <summary>The reorder buffer keeps packets until others come, and for good after the loss of sequence number 65535.</summary>
    private static void ThrowIfReordered(RTPSession session)
    {
        foreach (MediaStream stream in session.AudioStreamList.Concat<MediaStream>(session.VideoStreamList))
        {
            if (stream.UseBuffer())
                throw new InvalidOperationException($"The reorder buffer of {stream.MediaType} stream {stream.Index} is on; RtcEnhance needs the packets as they arrive: call RemoveBuffer.");
        }
    }
}
