namespace RtcEnhance.Audio;

/// <summary>
/// What one payload type needs on its way from payload to output: decoder, concealment at the decoder's rate, then
/// bandwidth extension or resampling. One thread at a time.
/// </summary>
internal sealed class CodecChain : IDisposable
{
    public CodecChain(byte payloadType, IAudioDecoder decoder, AudioReceiverOptions options)
    {
        PayloadType = payloadType;
        Decoder = decoder;
        AudioFormat format = decoder.Format;
        Decoded = new float[decoder.MaxSamplesPerPacket * format.Channels];
        Block = new float[format.BlockLength];
        Received = new float[format.BlockLength];
        Concealment = new BudgetedStage<ConcealmentJob>(
            options.ConcealmentFactory?.Invoke(format),
            new PitchConcealer(format),
            options.Enhancement.Concealment,
            options.Time,
            options.Observer,
            name: "concealment");
        Output = new OutputChain(format, options);
    }

    public byte PayloadType { get; }

    public IAudioDecoder Decoder { get; }

    public BudgetedStage<ConcealmentJob> Concealment { get; }

    public OutputChain Output { get; }

    /// <summary>One decoded packet.</summary>
    public float[] Decoded { get; }

    /// <summary>The 10 ms that are played.</summary>
    public float[] Block { get; }

    /// <summary>The received samples of a merge.</summary>
    public float[] Received { get; }

    /// <summary>Duration of the last packet in RTP clock units; what a missing one is taken to have lasted.</summary>
    public long LastPacketTicks { get; set; }

    public int BlockLength => Block.Length;

    public long TicksPerBlock => Decoder.RtpClockRateHz / 100;

    public long ToTicks(int samples) => (long)samples * Decoder.RtpClockRateHz / Decoder.Format.SampleRateHz;

    public int ToSamples(long ticks) => (int)(ticks * Decoder.Format.SampleRateHz / Decoder.RtpClockRateHz);

    public void Reset()
    {
        Decoder.Reset();
        Concealment.Reset();
        Output.Reset();
        LastPacketTicks = 0;
    }

    public void Dispose() => Decoder.Dispose();
}
