using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Playout;

/// <summary>Our receiver on a manual clock. One thread at a time.</summary>
public sealed class ReceiverPolicy : IPlayoutPolicy, IPlayoutLog, IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly float[] _block = new float[PlayoutCall.BlockSamples];
    private readonly AudioReceiver _receiver;
    private InboundAudioStats _before;
    private PlayoutStep _step;

    /// <summary>A receiver of G.711.</summary>
    /// <param name="quantile">Share of the packets that its delay waits for.</param>
    public ReceiverPolicy(double quantile)
        => _receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = () => new G711Decoder(G711Law.MuLaw) },
            OutputFormat = new AudioFormat(PlayoutCall.BlockSamples * 1000 / PlayoutCall.BlockMs),
            Enhancement = new EnhancementOptions { PlayoutDelay = new PlayoutDelayOptions { Quantile = quantile } },
            ExtendBandwidth = false,
            Time = _time,
            PlayoutLog = this,
        });

    /// <inheritdoc/>
    public void Insert(in ArrivedPacket packet)
        => _receiver.InsertPacket(new RtpPacket(1, (ushort)packet.Index, (uint)packet.Timestamp, 0, false, packet.Arrival.Ticks, packet.Payload));

    /// <inheritdoc/>
    public PlayedBlock Pull()
    {
        _receiver.GetAudio(_block);
        _time.Advance(TimeSpan.FromMilliseconds(PlayoutCall.BlockMs));
        InboundAudioStats stats = _receiver.GetStats();
        int concealed = (int)(stats.ConcealedSamples - _before.ConcealedSamples);
        bool isReceived = _step.Operation is PlayoutOperation.Normal or PlayoutOperation.Merge or PlayoutOperation.Accelerate or PlayoutOperation.PreemptiveExpand;
        var played = new PlayedBlock(
            isReceived ? (int)_step.RtpTimestamp : null,
            concealed,
            (int)(stats.InsertedSamplesForDeceleration - _before.InsertedSamplesForDeceleration),
            (int)(stats.RemovedSamplesForAcceleration - _before.RemovedSamplesForAcceleration),
            (int)(stats.PacketsDiscarded - _before.PacketsDiscarded));
        _before = stats;
        return played;
    }

    /// <inheritdoc/>
    public void OnBlock(in PlayoutStep step) => _step = step;

    /// <inheritdoc/>
    public void Dispose() => _receiver.Dispose();
}
