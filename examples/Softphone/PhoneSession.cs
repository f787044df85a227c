using System.Net;
using SIPSorcery.Net;

namespace RtcEnhance.Softphone;

/// <summary>A call's media, with the port that the other side is told where it is not the one that is bound.</summary>
internal sealed class PhoneSession : RTPSession
{
    private readonly int _publicPort;

    public PhoneSession(PhoneOptions options)
        : base(false, false, false, BindAddress(options), options.MediaPort)
    {
        _publicPort = options.PublicMediaPort;
        addTrack(new MediaStreamTrack([.. options.Formats]));
    }

    public override SDP CreateOffer(IPAddress? connectionAddress) => WithPublicPort(base.CreateOffer(connectionAddress));

    public override SDP CreateAnswer(IPAddress? connectionAddress) => WithPublicPort(base.CreateAnswer(connectionAddress));

    private static IPAddress? BindAddress(PhoneOptions options)
        => options.Listen.Address.Equals(IPAddress.Any) ? null : options.Listen.Address;

    private SDP WithPublicPort(SDP description)
    {
        if (_publicPort != 0)
        {
            foreach (SDPMediaAnnouncement media in description.Media.Where(media => media.Port != 0))
                media.Port = _publicPort;
        }

        return description;
    }
}
