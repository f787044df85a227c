using System.Net;
using SIPSorcery.Net;
using SIPSorcery.SIP.App;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery.Tests;

/// <summary>Two SIPSorcery peers in this process with a call between them, over UDP on the loopback interface.</summary>
internal sealed class Call : IDisposable
{
    public static readonly AudioFormat Pcmu = new(SDPWellKnownMediaFormatsEnum.PCMU);
    public static readonly AudioFormat G722 = new(SDPWellKnownMediaFormatsEnum.G722);
    public static readonly AudioFormat G729 = new(SDPWellKnownMediaFormatsEnum.G729);
    public static readonly VideoFormat Vp8 = new(VideoCodecsEnum.VP8, 96);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private Call(RTPSession sender, RTPSession receiver) => (Sender, Receiver) = (sender, receiver);

    public RTPSession Sender { get; }

    public RTPSession Receiver { get; }

    /// <summary>A SIP call: RTP in the clear, a port for each stream.</summary>
    public static Call OverRtp(Action<RTPSession>? beforeNegotiation, AudioFormat audio, VideoFormat? video = null, RTPSession? receiver = null)
    {
        var call = new Call(new RTPSession(false, false, false, IPAddress.Loopback), receiver ?? new RTPSession(false, false, false, IPAddress.Loopback));
        call.AddTracks(audio, video, toReceiver: receiver is null);
        beforeNegotiation?.Invoke(call.Receiver);
        call.Negotiate();
        call.Sender.Start().GetAwaiter().GetResult();
        call.Receiver.Start().GetAwaiter().GetResult();
        return call;
    }

    /// <summary>
    /// A WebRTC call: ICE, DTLS, SRTP, both streams on one port. SIPSorcery's peers now and then never connect, more so on a
    /// busy machine (its issues 537 and 861); as a host would, this calls again, with new peers.
    /// </summary>
    /// <param name="beforeNegotiation">Called with the receiver, of every attempt.</param>
    public static Call OverWebRtc(Action<RTPSession>? beforeNegotiation, AudioFormat audio, VideoFormat? video = null)
    {
        for (int attempt = 1; ; attempt++)
        {
            var configuration = new RTCConfiguration { X_BindAddress = IPAddress.Loopback };
            var sender = new RTCPeerConnection(configuration);
            var receiver = new RTCPeerConnection(configuration);
            var call = new Call(sender, receiver);
            call.AddTracks(audio, video, toReceiver: true);
            beforeNegotiation?.Invoke(receiver);
            if (TryConnect(sender, receiver))
                return call;

            string states = $"sender {sender.connectionState}, receiver {receiver.connectionState}";
            call.Dispose();
            if (attempt == 3)
                throw new TimeoutException($"The peers did not connect in {attempt} calls of {Patience.TotalSeconds} s: {states}.");
            Console.Error.WriteLine($"SIPSorcery's peers did not connect in {Patience.TotalSeconds} s ({states}); calling again.");
        }
    }

    /// <summary>Offer and answer, the first time or again.</summary>
    public void Negotiate(MediaStreamStatusEnum status = MediaStreamStatusEnum.SendRecv)
    {
        Sender.SetMediaStreamStatus(SDPMediaTypesEnum.audio, status);
        SDP offer = Sender.CreateOffer(IPAddress.Loopback);
        Require(Receiver.SetRemoteDescription(SdpType.offer, SDP.ParseSDPDescription(offer.ToString())));
        SDP answer = Receiver.CreateAnswer(IPAddress.Loopback);
        Require(Sender.SetRemoteDescription(SdpType.answer, SDP.ParseSDPDescription(answer.ToString())));
    }

    public void Dispose()
    {
        Sender.Close("test");
        Receiver.Close("test");
        Sender.Dispose();
        Receiver.Dispose();
    }

    private static bool TryConnect(RTCPeerConnection sender, RTCPeerConnection receiver)
    {
        sender.onicecandidate += candidate => Trickle(receiver, candidate);
        receiver.onicecandidate += candidate => Trickle(sender, candidate);
        RTCSessionDescriptionInit offer = sender.createOffer(null);
        sender.setLocalDescription(offer).GetAwaiter().GetResult();
        Require(receiver.setRemoteDescription(offer));
        RTCSessionDescriptionInit answer = receiver.createAnswer(null);
        receiver.setLocalDescription(answer).GetAwaiter().GetResult();
        Require(sender.setRemoteDescription(answer));
        return SpinWait.SpinUntil(
            () => sender.connectionState == RTCPeerConnectionState.connected && receiver.connectionState == RTCPeerConnectionState.connected,
            Patience);
    }

    private static void Require(SetDescriptionResultEnum result)
    {
        if (result != SetDescriptionResultEnum.OK)
            throw new InvalidOperationException($"SIPSorcery refused a description: {result}.");
    }

    private static void Trickle(RTCPeerConnection to, RTCIceCandidate candidate)
        => to.addIceCandidate(new RTCIceCandidateInit { candidate = candidate.ToString(), sdpMid = candidate.sdpMid, sdpMLineIndex = candidate.sdpMLineIndex });

    private void AddTracks(AudioFormat audio, VideoFormat? video, bool toReceiver)
    {
        foreach (RTPSession peer in toReceiver ? [Sender, Receiver] : new[] { Sender })
        {
            peer.addTrack(new MediaStreamTrack(audio));
            if (video is { } format)
                peer.addTrack(new MediaStreamTrack(format));
        }
    }
}
