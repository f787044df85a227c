using SIPSorcery.Net;

namespace RtcEnhance.SipSorcery;

/// <summary>Switches RtcEnhance on for a SIPSorcery session. Thread-safe.</summary>
public static class RtpSessionExtensions
{
    /// <summary>
    /// Receives the session's audio, and its video where the options name a sink, through RtcEnhance from now on until the
    /// result is disposed or the session closes. RTCPeerConnection and VoIPMediaSession are sessions, too. It may be
    /// called before the tracks are there, before the negotiation, or in the middle of a call.
    /// </summary>
    /// <param name="session">The session; stays the caller's.</param>
    /// <param name="options">Checked and copied; audio alone where it is null.</param>
    /// <returns>What receives.</returns>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="InvalidOperationException">
    /// The session is closed, one of its streams is received by RtcEnhance already, or a stream's reorder buffer is on.
    /// </exception>
    public static EnhancedSession UseRtcEnhance(this RTPSession session, EnhancedSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        options ??= new EnhancedSessionOptions();
        options.Validate();
        return new EnhancedSession(session, options);
    }
}
