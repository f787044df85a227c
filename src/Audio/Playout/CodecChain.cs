namespace RtcEnhance.Audio;

/// <summary>
/// What one payload type needs on its way from payload to output: decoder, concealment at the decoder's rate, then
/// bandwidth extension or resampling. The decoder is the application's code: what it throws, and counts and samples
/// that cannot be, become a payload that was not decoded. One thread at a time.
/// </summary>
internal sealed class CodecChain : IDisposable
{
    private readonly IAudioDecoder _decoder;
    private readonly IStage<ConcealmentJob>? _primary;
    private readonly SourcedConcealer? _sourced;
    private bool _hasToldModelFault;
    private readonly PipelineObserver? _observer;
    private readonly string _name;
    private readonly float[] _decoded;
    private bool _isFaulty;

    /// <exception cref="ArgumentException">The decoder states what no decoder can be.</exception>
    public CodecChain(byte payloadType, IAudioDecoder decoder, AudioReceiverOptions options)
    {
        PayloadType = payloadType;
        _decoder = decoder;
        _observer = options.Observer;
        _name = decoder.Name;
        Format = decoder.Format;
        ClockRateHz = decoder.RtpClockRateHz;
        int maxSamples = decoder.MaxSamplesPerPacket;
        if (Format.Channels == 0 || ClockRateHz is < 1000 or > 1_000_000 || ClockRateHz % 100 != 0
            || maxSamples < 1 || maxSamples > 12 * Format.SamplesPerBlock)
        {
            throw new ArgumentException(
                $"{_name} decodes to {Format.SampleRateHz} Hz at an RTP clock of {ClockRateHz} Hz, {maxSamples} samples a packet: not a decoder.", nameof(decoder));
        }

        _decoded = new float[maxSamples * Format.Channels];
        Block = new float[Format.BlockLength];
        Received = new float[Format.BlockLength];
        _primary = StageFactory.Make(options.ConcealmentFactory, Format, "concealment", _observer, out ReasonCode absentReason);
        if (options.ConcealmentFactory is null && options.ConcealmentModel is { } source)
            _primary = _sourced = new SourcedConcealer(source, Format);
        Concealment = new BudgetedStage<ConcealmentJob>(
            _primary is null ? null : new CheckedConcealer(_primary),
            new PitchConcealer(Format),
            options.Enhancement.Concealment,
            options.Time,
            _observer,
            absentReason,
            "concealment") { ObservesCheaply = _sourced is not null };
        Output = new OutputChain(Format, options);
        Stretcher = new TimeStretcher(Format);
        Noise = new ComfortNoiseGenerator(Format);
    }

    public byte PayloadType { get; }

    public AudioFormat Format { get; }

    public int ClockRateHz { get; }

    public BudgetedStage<ConcealmentJob> Concealment { get; }

    public OutputChain Output { get; }

    public TimeStretcher Stretcher { get; }

    public ComfortNoiseGenerator Noise { get; }

    /// <summary>The 10 ms that are played.</summary>
    public float[] Block { get; }

    /// <summary>The received samples of a merge.</summary>
    public float[] Received { get; }

    /// <summary>Duration of the last packet in RTP clock units; what a missing one is taken to have lasted.</summary>
    public long LastPacketTicks { get; set; }

    public int BlockLength => Block.Length;

    public long TicksPerBlock => ClockRateHz / 100;

    public long ToTicks(int samples) => (long)samples * ClockRateHz / Format.SampleRateHz;

    public long ToSamples(long ticks) => ticks * Format.SampleRateHz / ClockRateHz;

    /// <summary>Conceals or merges; classically while, and where, there is no network.</summary>
    public StageRoute Conceal(ref ConcealmentJob job, Deadline deadline)
    {
        if (!_hasToldModelFault && _sourced?.Fault is { } fault)
        {
            _hasToldModelFault = true;
            _observer?.NotifyStageFaulted("concealment", fault);
        }

        return Concealment.Process(ref job, deadline, _sourced?.Readiness ?? ReasonCode.Ok);
    }

    /// <summary>Interleaved samples of the payload, until the next call; none where it cannot be decoded.</summary>
    public ReadOnlySpan<float> Decode(ReadOnlySpan<byte> payload)
    {
        try
        {
            return Check(_decoder.Decode(payload, _decoded), _decoded);
        }
        catch (Exception exception)
        {
            return Fault(exception);
        }
    }

    /// <summary>Interleaved samples of the packet before the payload, until the next call; none where it does not hold them.</summary>
    public ReadOnlySpan<float> DecodeFec(ReadOnlySpan<byte> nextPayload)
    {
        Span<float> missing = _decoded.AsSpan(0, (int)ToSamples(LastPacketTicks) * Format.Channels);
        try
        {
            return Check(_decoder.DecodeFec(nextPayload, missing), missing);
        }
        catch (Exception exception)
        {
            return Fault(exception);
        }
    }

    /// <summary>
    /// Carries the decoder's state over a block; what it makes of it is in <see cref="Received"/>, false where it makes
    /// nothing.
    /// </summary>
    public bool ConcealInDecoder()
    {
        try
        {
            return Check(_decoder.Conceal(Received), Received).Length == Received.Length;
        }
        catch (Exception exception)
        {
            Fault(exception);
            return false;
        }
    }

    /// <summary>Whether the sender pauses after this payload.</summary>
    public bool IsDiscontinuous(ReadOnlySpan<byte> payload)
    {
        try
        {
            return _decoder.IsDiscontinuous(payload);
        }
        catch (Exception exception)
        {
            Fault(exception);
            return false;
        }
    }

    public void ResetDecoder()
    {
        LastPacketTicks = 0;
        try
        {
            _decoder.Reset();
        }
        catch (Exception exception)
        {
            Fault(exception);
        }
    }

    public void Reset()
    {
        ResetDecoder();
        Concealment.Reset();
        Output.Reset();
        Stretcher.Reset();
        Noise.Reset();
    }

    public void Dispose()
    {
        try
        {
            _decoder.Dispose();
        }
        catch (Exception exception)
        {
            Fault(exception);
        }

        StageFactory.Dispose(_primary, "concealment", _observer);
        Output.Dispose();
    }

    public override string ToString() => $"{_name}, {Format.SampleRateHz} Hz, {(Format.Channels == 1 ? "mono" : "stereo")}";

    private ReadOnlySpan<float> Check(int count, ReadOnlySpan<float> written)
    {
        if (count == 0)
            return default;
        if (count < 0 || count > written.Length / Format.Channels)
            return Fault(null);

        // One infinite sample would stay in the stages' histories for good.
        written = written[..(count * Format.Channels)];
        float sum = 0;
        foreach (float sample in written)
            sum += sample;
        if (!float.IsFinite(sum))
            return Fault(null);
        _isFaulty = false;
        return written;
    }

    // Told once per run of faults: a decoder that throws does so on every packet.
    private ReadOnlySpan<float> Fault(Exception? exception)
    {
        if (!_isFaulty)
            _observer?.NotifyDecoderFaulted(_name, exception);
        _isFaulty = true;
        return default;
    }
}
