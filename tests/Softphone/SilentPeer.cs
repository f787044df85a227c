using System.Net;
using SIPSorcery.SIP;

namespace RtcEnhance.Softphone.Tests;

/// <summary>A SIP port of the test's own: it answers as it is told to. Thread-safe.</summary>
internal sealed class SilentPeer : IDisposable
{
    private readonly SIPTransport _transport = new();
    private readonly Func<SIPRequest, SIPResponse?> _answer;

    public SilentPeer(Func<SIPRequest, SIPResponse?> answer)
    {
        _answer = answer;
        var channel = new SIPUDPChannel(IPAddress.Loopback, 0);
        _transport.AddSIPChannel(channel);
        Address = channel.ListeningEndPoint.ToString();
        _transport.SIPTransportRequestReceived += OnRequest;
    }

    public string Address { get; }

    public List<SIPRequest> Requests { get; } = [];

    public void Dispose()
    {
        _transport.Shutdown();
        _transport.Dispose();
    }

    private async Task OnRequest(SIPEndPoint local, SIPEndPoint remote, SIPRequest request)
    {
        lock (Requests)
            Requests.Add(request);
        if (_answer(request) is { } response)
            await _transport.SendResponseAsync(response);
    }
}
