using RtcEnhance.Audio;
using SIPSorcery.Net;

namespace RtcEnhance.SipSorcery;

/// <summary>
/// The audio of a session, to be pulled by whoever plays it: silence until the first packet came, whole again where
/// packets were lost. Thread-safe; pulls from several threads take turns.
/// </summary>
public sealed class EnhancedAudio : IAudioSource
{
    private readonly EnhancedSessionOptions _options;
    private readonly Lock _lock = new();
    private AudioPayloads? _payloads;
    private bool _isDisposed;
    private volatile AudioReceiver? _receiver;

    internal EnhancedAudio(EnhancedSessionOptions options) => _options = options;

    /// <inheritdoc/>
    public Audio.AudioFormat OutputFormat => _options.OutputFormat;

    /// <summary>
    /// The receiver, with its delay, its clock and its statistics; null before the formats are known. A negotiation that
    /// adds payload types or gives them another meaning makes a new one; a hold and its end do not.
    /// </summary>
    public AudioReceiver? Receiver => _receiver;

    /// <inheritdoc/>
    public void GetAudio(Span<float> samples)
    {
        if (_receiver is { } receiver)
        {
            receiver.GetAudio(samples);
            return;
        }

        if (samples.Length % OutputFormat.Channels != 0)
            throw new ArgumentException($"{samples.Length} samples are not whole frames of {OutputFormat.Channels} channels.", nameof(samples));
        samples.Clear();
    }

    /// <summary>Takes the next telephone event (RFC 4733) that was heard, one for each key pressed.</summary>
    /// <param name="telephoneEvent">The event; of its volume SIPSorcery hands on the lower four bits of six.</param>
    /// <returns>False where none is due.</returns>
    public bool TryReadTelephoneEvent(out TelephoneEvent telephoneEvent)
    {
        telephoneEvent = default;
        return _receiver?.TryReadTelephoneEvent(out telephoneEvent) ?? false;
    }

    /// <summary>The statistics of <see cref="Receiver"/>, all zero before there is one; from any thread.</summary>
    /// <returns>The statistics.</returns>
    public InboundAudioStats GetStats() => _receiver?.GetStats() ?? default;

    /// <summary>Whether the formats are known, be there a decoder for them or not.</summary>
    internal bool IsNegotiated { get; private set; }

    /// <summary>Makes the receiver, or another one where the present one does not know all the formats.</summary>
    /// <returns>Whether there is a new one.</returns>
    internal bool Negotiate(AudioStream stream)
    {
        if (stream.LocalTrack?.Capabilities is not { Count: > 0 } capabilities)
            return false;
        IsNegotiated = true;
        var payloads = new AudioPayloads([.. capabilities], _options);
        lock (_lock)
        {
            if (_isDisposed || !payloads.HasAudio || _payloads?.Covers(payloads) == true)
                return false;
            AudioReceiver? former = _receiver;
            _receiver = payloads.CreateReceiver();
            _payloads = payloads;
            former?.Dispose();
            return true;
        }
    }

    internal void Insert(in RtpPacket packet) => _receiver?.InsertPacket(packet);

    internal void AddReport(in RtcpSenderReport report) => _receiver?.AddSenderReport(report);

    internal void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _receiver?.Dispose();
        }
    }
}
