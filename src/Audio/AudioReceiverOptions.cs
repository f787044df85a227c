namespace RtcEnhance.Audio;

/// <summary>How an <see cref="AudioReceiver"/> plays a stream. Read once, when the receiver is made. Thread-safe: immutable.</summary>
public sealed class AudioReceiverOptions
{
    /// <summary>Which decoder serves which payload type; a decoder is made when its type first arrives.</summary>
    /// <value>No default: at least one entry, keys 0 to 127.</value>
    public required IReadOnlyDictionary<byte, Func<IAudioDecoder>> Decoders { get; init; }

    /// <summary>
    /// Payload types that carry comfort noise (RFC 3389), with their RTP clock rates in Hz; one that has a decoder is
    /// decoded.
    /// </summary>
    /// <value>13 at 8000 Hz; keys 0 to 127, rates 8000, 16000, 32000 or 48000.</value>
    public IReadOnlyDictionary<byte, int> ComfortNoise { get; init; } = new Dictionary<byte, int> { [13] = 8000 };

    /// <summary>Payload types that carry telephone events (RFC 4733), with their RTP clock rates in Hz.</summary>
    /// <value>None; keys 0 to 127, rates 1000 to 1,000,000.</value>
    public IReadOnlyDictionary<byte, int> TelephoneEvents { get; init; } = new Dictionary<byte, int>();

    /// <summary>Payload types that carry several payloads at once (RED, RFC 2198).</summary>
    /// <value>None; 0 to 127.</value>
    public IReadOnlyCollection<byte> RedundantAudio { get; init; } = [];

    /// <summary>Rate and channels that <see cref="AudioReceiver.GetAudio"/> yields.</summary>
    /// <value>48 kHz, mono.</value>
    public AudioFormat OutputFormat { get; init; } = new(48000);

    /// <summary>Budgets, presets and the playout delay.</summary>
    /// <value>The balanced preset.</value>
    public EnhancementOptions Enhancement { get; init; } = new();

    /// <summary>
    /// Most packets held; one more flushes the buffer. Three quarters of it, in packets of 10 ms or the stream's own where
    /// they are shorter, are the longest playout delay.
    /// </summary>
    /// <value>400; 10 to 2000.</value>
    public int PacketBufferCapacity { get; init; } = 400;

    /// <summary>
    /// Makes the primary concealment stage for a decoded format, or null where there is none; called once per payload
    /// type that is decoded. The receiver owns the stage: one that is <see cref="IDisposable"/> is disposed with it.
    /// </summary>
    /// <value>Null: <see cref="ConcealmentModel"/> decides.</value>
    public Func<AudioFormat, IStage<ConcealmentJob>?>? ConcealmentFactory { get; init; }

    /// <summary>
    /// The network that conceals losses where no <see cref="ConcealmentFactory"/> is given, for streams that decode to 8,
    /// 16, 32 or 48 kHz. It is loaded beside the call; until then, and where it cannot be used or is too slow, concealment
    /// is pitch-synchronous, and <see cref="InboundAudioStats.Concealment"/> has the reason.
    /// </summary>
    /// <value>Null: pitch-synchronous concealment alone. <see cref="ConcealmentModelSource.BuiltIn"/> is the library's own.</value>
    public ConcealmentModelSource? ConcealmentModel { get; init; }

    /// <summary>
    /// Makes the primary bandwidth-extension stage for an input rate of 8000, 16000 or 48000 Hz, or null where there is
    /// none; called once per payload type that is extended. The receiver owns the stage: one that is
    /// <see cref="IDisposable"/> is disposed with it.
    /// </summary>
    /// <value>Null: <see cref="BandwidthExtensionModel"/> decides.</value>
    public Func<int, IStage<BandwidthExtensionJob>?>? BandwidthExtensionFactory { get; init; }

    /// <summary>
    /// The network that extends bandwidth where no <see cref="BandwidthExtensionFactory"/> is given. It is loaded beside the
    /// call; until then, and where it cannot be used or is too slow, extension is spectral, and
    /// <see cref="InboundAudioStats.BandwidthExtension"/> has the reason.
    /// </summary>
    /// <value>Null: spectral extension alone. <see cref="BandwidthExtensionModelSource.BuiltIn"/> is the library's own.</value>
    public BandwidthExtensionModelSource? BandwidthExtensionModel { get; init; }

    /// <summary>Whether mono streams of 8, 16 and 48 kHz whose content ends at 8 kHz or below get an upper band.</summary>
    /// <value>True.</value>
    public bool ExtendBandwidth { get; init; } = true;

    /// <summary>The clock.</summary>
    /// <value>The system's.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of rare events.</summary>
    /// <value>Null: nobody.</value>
    public PipelineObserver? Observer { get; init; }

    /// <summary>Told of every block that is played.</summary>
    /// <value>Null: nobody.</value>
    public IPlayoutLog? PlayoutLog { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message names it.</exception>
    public void Validate()
    {
        if (Decoders is null || Decoders.Count == 0)
            throw new ArgumentException("At least one payload type needs a decoder.", nameof(Decoders));
        foreach ((byte payloadType, Func<IAudioDecoder> factory) in Decoders)
        {
            if (payloadType > 127)
                throw new ArgumentException($"Payload type {payloadType} is outside 0 to 127.", nameof(Decoders));
            if (factory is null)
                throw new ArgumentException($"Payload type {payloadType} has no decoder: its factory is null.", nameof(Decoders));
        }

        ValidateOtherPayloadTypes();
        if (OutputFormat.Channels == 0)
            throw new ArgumentException("The output format is not set.", nameof(OutputFormat));
        if (PacketBufferCapacity is < 10 or > 2000)
            throw new ArgumentException($"A packet buffer holds 10 to 2000 packets, not {PacketBufferCapacity}.", nameof(PacketBufferCapacity));
        ArgumentNullException.ThrowIfNull(Time);
        ArgumentNullException.ThrowIfNull(Enhancement);
        Enhancement.Validate();
        TimeSpan held = PacketBufferCapacity * TimeSpan.FromMilliseconds(10) * 3 / 4;
        TimeSpan needed = Enhancement.PlayoutDelay.MinimumDelay;
        if (Enhancement.PlayoutDelay.StartDelay > needed)
            needed = Enhancement.PlayoutDelay.StartDelay;
        if (held < needed)
        {
            throw new ArgumentException(
                $"Three quarters of {nameof(PacketBufferCapacity)} {PacketBufferCapacity}, at 10 ms a packet, hold less than the playout delay of {needed.TotalMilliseconds} ms.",
                nameof(PacketBufferCapacity));
        }
    }

    private void ValidateOtherPayloadTypes()
    {
        ArgumentNullException.ThrowIfNull(ComfortNoise);
        ArgumentNullException.ThrowIfNull(TelephoneEvents);
        ArgumentNullException.ThrowIfNull(RedundantAudio);
        foreach ((byte payloadType, int clockRateHz) in ComfortNoise)
        {
            if (payloadType > 127 || clockRateHz is not (8000 or 16000 or 32000 or 48000))
                throw new ArgumentException($"Payload type {payloadType} at {clockRateHz} Hz is no comfort noise: 0 to 127, 8000, 16000, 32000 or 48000 Hz.", nameof(ComfortNoise));
        }

        foreach ((byte payloadType, int clockRateHz) in TelephoneEvents)
        {
            if (payloadType > 127 || clockRateHz is < 1000 or > 1_000_000)
                throw new ArgumentException($"Payload type {payloadType} at {clockRateHz} Hz carries no telephone events: 0 to 127, 1000 to 1000000 Hz.", nameof(TelephoneEvents));
            if (Decoders.ContainsKey(payloadType) || ComfortNoise.ContainsKey(payloadType))
                throw new ArgumentException($"Payload type {payloadType} carries telephone events, and audio or comfort noise.", nameof(TelephoneEvents));
        }

        foreach (byte payloadType in RedundantAudio)
        {
            if (payloadType > 127 || Decoders.ContainsKey(payloadType) || ComfortNoise.ContainsKey(payloadType) || TelephoneEvents.ContainsKey(payloadType))
                throw new ArgumentException($"Payload type {payloadType} cannot be redundant audio: it is above 127, or carries something else.", nameof(RedundantAudio));
        }
    }
}
