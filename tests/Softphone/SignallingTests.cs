using System.Net;
using System.Net.Sockets;
using System.Text;
using RtcEnhance.Baresip;
using SIPSorcery.SIP;

namespace RtcEnhance.Softphone.Tests;

public class SignallingTests
{
    private const string Challenge = "realm=\"test\", nonce=\"5f3c\", algorithm=MD5";

    [Fact]
    public void Register_Challenged_RegistersAndTakesItBack()
    {
        using var registrar = new SilentPeer(request =>
        {
            bool isAuthorised = request.Header.AuthenticationHeaders.Count > 0;
            SIPResponse response = SIPResponse.GetResponse(request, isAuthorised ? SIPResponseStatusCodesEnum.Ok : SIPResponseStatusCodesEnum.Unauthorised, null);
            if (isAuthorised)
                response.Header.Contact = request.Header.Contact;
            else
                response.Header.AuthenticationHeaders.Add(SIPAuthenticationHeader.ParseSIPAuthenticationHeader(SIPAuthorisationHeadersEnum.WWWAuthenticate, $"Digest {Challenge}"));
            response.Header.Expires = request.Header.Expires;
            return response;
        });
        using var phone = new PhoneProcess("--listen", "127.0.0.1:0", "--register", registrar.Address, "--user", "alice", "--password", "secret");

        phone.Do("wait registered", "q");

        Assert.Equal(0, phone.Process.WaitForExit());
        phone.Process.WaitFor("registered as sip:alice@127.0.0.1");
        lock (registrar.Requests)
        {
            // On a busy machine a request without credentials may be sent again after the one with them.
            SIPRequest last = registrar.Requests.Last(request => request.Header.AuthenticationHeaders.Count > 0);
            Assert.Equal(SIPMethodsEnum.REGISTER, last.Method);
            Assert.Equal(0, last.Header.Expires);
            var digest = last.Header.AuthenticationHeaders[0].SIPDigest;
            Assert.Equal("alice", digest.Username);
            string response = digest.Response;
            digest.SetCredentials("alice", "secret", digest.URI, "REGISTER");
            string expected = digest.GetDigest();
            Assert.Equal(expected, response);
        }
    }

    [Fact]
    public void Call_Refused_SaysWhy()
    {
        using var peer = new SilentPeer(static request => request.Method == SIPMethodsEnum.INVITE
            ? SIPResponse.GetResponse(request, SIPResponseStatusCodesEnum.BusyHere, null)
            : null);
        using var phone = new PhoneProcess($"sip:bob@{peer.Address}", "--listen", "127.0.0.1:0");

        phone.Process.WaitFor("the call failed");
        phone.Do("wait call");

        Assert.Equal(1, phone.Process.WaitForExit());
        Assert.Contains("486", phone.Process.WaitFor("the call failed"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v=0\r\nthis is no session description\r\n")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio nowhere RTP/AVP 0\r\n")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 3\r\na=rtpmap:3 GSM/8000\r\n")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 nowhere\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n")]
    [InlineData("m=\r\nc=\r\na=")]
    [InlineData("")]
    public void Call_AnsweredWithNonsense_EndsTheCallAndGoesOn(string body)
    {
        using var peer = new SilentPeer(request =>
        {
            SIPResponse response = SIPResponse.GetResponse(request, SIPResponseStatusCodesEnum.Ok, null);
            if (request.Method == SIPMethodsEnum.INVITE)
            {
                response.Header.To.ToTag = "1";
                response.Header.Contact = [new SIPContactHeader(null, request.URI)];
                response.Header.ContentType = "application/sdp";
                response.Body = body;
            }

            return request.Method == SIPMethodsEnum.ACK ? null : response;
        });
        using var phone = new PhoneProcess($"sip:bob@{peer.Address}", "--listen", "127.0.0.1:0");

        phone.Do("wait ended", "s", "q");

        Assert.Equal(0, phone.Process.WaitForExit());
        phone.Process.WaitFor("there is no call");
    }

    [Fact]
    public void Garbage_IsNamed_AndThePhoneStillAnswers()
    {
        using var phone = new PhoneProcess("--listen", "127.0.0.1:0");
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        string headers = $"Via: SIP/2.0/UDP {socket.Client.LocalEndPoint};branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
        void Send(string message) => socket.Send(Encoding.UTF8.GetBytes(message), IPEndPoint.Parse(phone.Address));
        string Answer()
        {
            Patience.Until(() => socket.Available > 0, () => "an answer\n" + string.Join('\n', phone.Process.Lines));
            IPEndPoint? from = null;
            return Encoding.UTF8.GetString(socket.Receive(ref from));
        }

        Send("INVITE sip:softphone@127.0.0.1 SIP/2.0\r\nVia: nonsense\r\n\r\n");
        Send("\0\u0001\u0002 not SIP at all");
        Send($"OPTIONS sip:{phone.Address} SIP/2.0\r\n{headers}");

        Assert.StartsWith("SIP/2.0 400 ", Answer(), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 200 ", Answer(), StringComparison.Ordinal);
        phone.Process.WaitFor("not understood", 2);
    }
}
