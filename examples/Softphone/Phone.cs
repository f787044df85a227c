using System.Net;
using SIPSorcery.SIP;
using SIPSorcery.SIP.App;

namespace RtcEnhance.Softphone;

/// <summary>
/// Signalling: one call at a time, to or from others, over SIP and UDP. What happens is said in sentences to whoever
/// listens. Thread-safe.
/// </summary>
internal sealed class Phone : IDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly PhoneOptions _options;
    private readonly Action<string> _say;
    private readonly SIPTransport _transport = new();
    private readonly SIPRegistrationUserAgent? _registration;
    private readonly Lock _lock = new();
    private volatile PhoneCall? _call;
    private volatile bool _awaitsAnswer;

    public Phone(PhoneOptions options, Action<string> say)
    {
        _options = options;
        _say = say;
        var channel = new SIPUDPChannel(options.Listen);
        _transport.AddSIPChannel(channel);
        Local = channel.ListeningEndPoint;
        _transport.SIPTransportRequestReceived += OnRequest;
        _transport.SIPResponseInTraceEvent += OnResponse;
        _transport.SIPBadRequestInTraceEvent += OnBadMessage;
        _transport.SIPBadResponseInTraceEvent += OnBadMessage;
        if (options.Traces)
            Trace();
        if (options.Registrar is { } server)
            _registration = Register(server);
    }

    public IPEndPoint Local { get; }

    /// <summary>The present call, ringing or answered.</summary>
    public PhoneCall? Call => _call;

    public bool IsRegistered => _registration?.IsRegistered == true;

    public bool IsRinging => _call is { Incoming: not null, Agent.IsCallActive: false };

    public bool IsInCall => _call?.Agent.IsCallActive == true;

    /// <summary>Held by either side, and the other side knows.</summary>
    public bool IsHeld => !_awaitsAnswer && _call?.Agent is { IsCallActive: true } agent && (agent.IsOnLocalHold || agent.IsOnRemoteHold);

    public bool IsResumed => !_awaitsAnswer && _call?.Agent is { IsCallActive: true, IsOnLocalHold: false, IsOnRemoteHold: false };

    /// <summary>Calls; the result is said, here and to the caller.</summary>
    public async Task<bool> CallAsync(SIPURI uri)
    {
        if (TakeLine() is not { } call)
        {
            _say("there is a call already");
            return false;
        }

        call.Agent.ClientCallRinging += (_, response) => _say($"ringing: {response.ShortDescription}");
        call.Agent.ClientCallFailed += (_, error, response) => _say($"the call failed: {response?.ShortDescription ?? error}");
        _say($"calling {uri}");
        bool isAnswered = await call.Agent.Call(uri.ToString(), _options.User, _options.Password, call.Session).ConfigureAwait(false);
        if (isAnswered)
            _say($"in a call with {uri}, {call.Codec}");
        else
            End(call, null);
        return isAnswered;
    }

    public async Task AnswerAsync()
    {
        if (_call is not { Incoming: { } incoming } call || call.Agent.IsCallActive)
        {
            _say("nobody calls");
            return;
        }

        string caller = incoming.ClientTransaction.TransactionRequest.Header.From.FromURI.ToString();
        if (await call.Agent.Answer(incoming, call.Session).ConfigureAwait(false))
            _say($"in a call with {caller}, {call.Codec}");
        else
            End(call, $"the call from {caller} could not be answered: its offer is unacceptable, or it is gone");
    }

    /// <summary>Hold, or its end; while it is held we say nothing.</summary>
    public void ToggleHold() => Reinvite(static agent =>
    {
        if (agent.IsOnLocalHold)
            agent.TakeOffHold();
        else
            agent.PutOnHold();
    });

    /// <summary>Offers what is agreed once more.</summary>
    public void Reinvite() => Reinvite(static agent =>
    {
        if (agent.IsOnLocalHold)
            agent.PutOnHold();
        else
            agent.TakeOffHold();
    });

    public void Dial(char key)
    {
        if (_call is { Agent.IsCallActive: true } call)
            _ = call.Agent.SendDtmf((byte)(key switch { '*' => 10, '#' => 11, _ => key - '0' }));
    }

    /// <summary>Ends the call, by BYE, CANCEL or a refusal; when this is through, the other side knows.</summary>
    public async Task HangUpAsync()
    {
        if (_call is not { } call)
            return;
        if (call.Agent.IsCallActive)
        {
            await SendAsync(SIPMethodsEnum.BYE, call.Agent.Hangup).ConfigureAwait(false);
        }
        else if (call.Incoming is { } incoming)
        {
            incoming.Reject(SIPResponseStatusCodesEnum.Decline, null);
        }
        else
        {
            await SendAsync(SIPMethodsEnum.CANCEL, call.Agent.Cancel).ConfigureAwait(false);
        }

        End(call, "the call is over");
    }

    /// <summary>Ends the call and the registration.</summary>
    public async Task CloseAsync()
    {
        await HangUpAsync().ConfigureAwait(false);
        if (IsRegistered)
            await SendAsync(SIPMethodsEnum.REGISTER, () => _registration!.Stop()).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _registration?.Stop(false);
        _call?.Dispose();
        _transport.Shutdown();
        _transport.Dispose();
    }

    private PhoneCall? TakeLine()
    {
        lock (_lock)
        {
            if (_call is not null)
                return null;
            var call = new PhoneCall(_transport, _options, _say);
            call.Session.OnClosed += () => End(call, "the call is over");
            call.Agent.RemotePutOnHold += () => _say("the other side holds the call");
            call.Agent.RemoteTookOffHold += () => _say("the other side resumes the call");
            call.Agent.ServerCallCancelled += (_, _) => End(call, "the caller gave up");
            call.Agent.OnDtmfTone += (key, ms) => _say($"tone {key} for {ms} ms");
            _awaitsAnswer = false;
            return _call = call;
        }
    }

    // Last of all the line is free again: whoever waits for that has heard everything.
    private void End(PhoneCall call, string? why)
    {
        if (!call.TryEnd())
            return;
        if (call.GetStats().PacketsReceived > 0)
            _say(StatusLine.Format(call));
        call.Dispose();
        if (why is not null)
            _say(why);
        _call = null;
    }

    private void Reinvite(Action<SIPUserAgent> change)
    {
        if (_call is not { Agent.IsCallActive: true } call)
        {
            _say("there is no call");
            return;
        }

        _awaitsAnswer = true;
        change(call.Agent);
        call.IsMuted = call.Agent.IsOnLocalHold;
    }

    private Task OnRequest(SIPEndPoint local, SIPEndPoint remote, SIPRequest request)
    {
        string? tag = request.Header.To?.ToTag;
        if (request.Method == SIPMethodsEnum.INVITE && tag is null)
            return OnInvite(request);

        // What belongs to the present call is its agent's matter, an ACK or a CANCEL its transaction's.
        bool isOurs = _call?.Agent.Dialogue?.CallId == request.Header.CallId;
        if (isOurs || request.Method is SIPMethodsEnum.ACK or SIPMethodsEnum.CANCEL)
            return Task.CompletedTask;
        SIPResponseStatusCodesEnum status = tag is not null ? SIPResponseStatusCodesEnum.CallLegTransactionDoesNotExist
            : request.Method == SIPMethodsEnum.OPTIONS ? SIPResponseStatusCodesEnum.Ok
            : SIPResponseStatusCodesEnum.MethodNotAllowed;
        return _transport.SendResponseAsync(SIPResponse.GetResponse(request, status, null));
    }

    private Task OnInvite(SIPRequest request)
    {
        PhoneCall? call = TakeLine();
        if (call is null)
        {
            var refusal = new UASInviteTransaction(_transport, request, null);
            refusal.SendFinalResponse(SIPResponse.GetResponse(request, SIPResponseStatusCodesEnum.BusyHere, null));
            _say($"busy: {request.Header.From.FromURI} was turned away");
            return Task.CompletedTask;
        }

        call.Incoming = call.Agent.AcceptCall(request);
        _say($"{request.Header.From.FromURI} calls");
        return _options.Answers ? AnswerAsync() : Task.CompletedTask;
    }

    private void OnResponse(SIPEndPoint local, SIPEndPoint remote, SIPResponse response)
    {
        if (!_awaitsAnswer || response.Header.CSeqMethod != SIPMethodsEnum.INVITE || response.StatusCode < 200)
            return;
        _awaitsAnswer = false;
        _say($"re-INVITE: {response.ShortDescription}");
    }

    private void OnBadMessage(SIPEndPoint local, SIPEndPoint remote, string message, SIPValidationFieldsEnum field, string raw)
    {
        // SIPSorcery counts among these the ACK of an answer that it had to repeat.
        if (!message.StartsWith("ACK received", StringComparison.Ordinal))
            _say($"not understood, from {remote}: {message}");
    }

    /// <summary>Sends, and gives the other side some time to say that it was heard.</summary>
    private async Task SendAsync(SIPMethodsEnum method, Action send)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnAnswer(SIPEndPoint local, SIPEndPoint remote, SIPResponse response)
        {
            if (response.Header.CSeqMethod == method && response.StatusCode >= 200)
                answered.TrySetResult();
        }

        _transport.SIPResponseInTraceEvent += OnAnswer;
        send();
        await Task.WhenAny(answered.Task, Task.Delay(LastWords)).ConfigureAwait(false);
        _transport.SIPResponseInTraceEvent -= OnAnswer;
    }

    private SIPRegistrationUserAgent Register(string server)
    {
        var registration = new SIPRegistrationUserAgent(_transport, _options.User, _options.Password, server, 120, sendUsernameInContactHeader: true);
        registration.RegistrationSuccessful += (uri, _) => _say($"registered as {uri}");
        registration.RegistrationFailed += (uri, response, error) => _say($"the registration of {uri} failed: {response?.ShortDescription ?? error}");
        registration.RegistrationTemporaryFailure += (uri, response, error) => _say($"the registration of {uri} failed for now: {response?.ShortDescription ?? error}");
        registration.RegistrationRemoved += (uri, _) => _say($"no longer registered as {uri}");
        registration.Start();
        return registration;
    }

    private void Trace()
    {
        _transport.SIPRequestInTraceEvent += (_, remote, request) => _say($"<- {remote}\n{request}");
        _transport.SIPRequestOutTraceEvent += (_, remote, request) => _say($"-> {remote}\n{request}");
        _transport.SIPResponseInTraceEvent += (_, remote, response) => _say($"<- {remote}\n{response}");
        _transport.SIPResponseOutTraceEvent += (_, remote, response) => _say($"-> {remote}\n{response}");
    }
}
