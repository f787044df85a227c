using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Receiver;

/// <summary>A G.711 call on a virtual clock: a sender of 20 ms packets, a list of arrivals, a device that pulls 10 ms.</summary>
internal sealed class CallHarness : IDisposable
{
    public const int PacketSamples = 160;

    private readonly G711Encoder _encoder = new(G711Law.MuLaw);
    private readonly PriorityQueue<RtpPacket, long> _network = new();
    private long _sent;

    public CallHarness(Func<AudioReceiverOptions, AudioReceiverOptions>? change = null)
    {
        var options = new AudioReceiverOptions
        {
            Time = Clock,
            OutputFormat = new AudioFormat(8000),
            Enhancement = new EnhancementOptions { PlayoutDelay = PlayoutDelayOptions.Fixed(TimeSpan.FromMilliseconds(60)) },
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = () => new G711Decoder(G711Law.MuLaw) },
        };
        Receiver = new AudioReceiver(change?.Invoke(options) ?? options);
    }

    public ManualTimeProvider Clock { get; } = new();

    public AudioReceiver Receiver { get; }

    public List<float> Played { get; } = [];

    public ushort FirstSequence { get; init; } = 65530;

    /// <summary>A 200 Hz tone, so that time shows in the samples.</summary>
    public static float Tone(long sample) => 0.5f * MathF.Sin(2 * MathF.PI * 200 * sample / 8000f);

    /// <summary>Sends the next packet; it arrives after <paramref name="delayMs"/>, or never where that is null.</summary>
    public void Send(int? delayMs = 0, uint ssrc = 1)
    {
        var samples = new float[PacketSamples];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = Tone((_sent * PacketSamples) + i);
        var payload = new byte[PacketSamples];
        _encoder.Encode(samples, payload);
        if (delayMs is { } delay)
        {
            long arrival = Clock.GetTimestamp() + (delay * Clock.TimestampFrequency / 1000);
            _network.Enqueue(new RtpPacket(ssrc, (ushort)(FirstSequence + _sent), (uint)(_sent * PacketSamples), 0, false, arrival, payload), arrival);
        }

        _sent++;
    }

    /// <summary>Leaves out packets and the time they would have lasted.</summary>
    public void Skip(long packets) => _sent += packets;

    /// <summary>The packets that have arrived by now.</summary>
    public IEnumerable<RtpPacket> TakeArrived()
    {
        while (_network.TryPeek(out RtpPacket packet, out long at) && at <= Clock.GetTimestamp())
        {
            _network.Dequeue();
            yield return packet;
        }
    }

    /// <summary>Delivers what has arrived and pulls 10 ms.</summary>
    public ReadOnlySpan<float> Pull()
    {
        foreach (RtpPacket packet in TakeArrived())
            Receiver.InsertPacket(packet);

        var block = new float[Receiver.OutputFormat.BlockLength];
        Receiver.GetAudio(block);
        Played.AddRange(block);
        Clock.Advance(TimeSpan.FromMilliseconds(10));
        return block;
    }

    /// <summary>Sends and pulls; <paramref name="delayMs"/> gives each packet's delay by its number, null for lost.</summary>
    public void Run(int packets, Func<int, int?>? delayMs = null)
    {
        for (int i = 0; i < packets; i++)
        {
            Send(delayMs is null ? 0 : delayMs(i));
            Pull();
            Pull();
        }
    }

    public void Dispose() => Receiver.Dispose();
}
