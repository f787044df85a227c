using RtcEnhance.Audio;
using RtcEnhance.Opus;
using RtcEnhance.Testing;

namespace RtcEnhance.Interop.Tests.Opus;

/// <summary>A receiver on a virtual clock that takes Opus, RED of it, G.711 and G.722, in packets of 20 ms.</summary>
internal sealed class OpusCall : IDisposable
{
    public const byte Pcmu = 0;
    public const byte G722 = 9;
    public const byte Red = 63;
    public const byte Opus = 111;
    public const int PacketMs = 20;

    private readonly ManualTimeProvider _clock = new();
    private readonly AudioReceiver _receiver;
    private readonly float[] _block = new float[480];
    private ushort _sequence;
    private uint _timestamp;

    public OpusCall(PlayoutDelayOptions? delay = null) => _receiver = new AudioReceiver(new AudioReceiverOptions
    {
        Time = _clock,
        ExtendBandwidth = false,
        Enhancement = new EnhancementOptions { PlayoutDelay = delay ?? new PlayoutDelayOptions() },
        RedundantAudio = [Red],
        Decoders = new Dictionary<byte, Func<IAudioDecoder>>
        {
            [Pcmu] = static () => new G711Decoder(G711Law.MuLaw),
            [G722] = static () => new G722Decoder(),
            [Opus] = static () => new OpusDecoder(),
        },
    });

    public List<float> Played { get; } = [];

    public InboundAudioStats Stats => _receiver.GetStats();

    /// <summary>Sends a packet, or loses it, and plays as long as it lasts.</summary>
    public void Send(byte payloadType, byte[] payload, bool isLost = false)
    {
        RtpPacket packet = Take(payloadType, payload);
        if (!isLost)
            Deliver(packet);
        Play();
    }

    /// <summary>A packet that is sent now and not delivered yet.</summary>
    public RtpPacket Take(byte payloadType, byte[] payload)
    {
        var packet = new RtpPacket(1, _sequence++, _timestamp, payloadType, false, 0, payload);
        Skip(payloadType);
        return packet;
    }

    public void Deliver(in RtpPacket packet) => _receiver.InsertPacket(new RtpPacket(
        packet.Ssrc, packet.SequenceNumber, packet.Timestamp, packet.PayloadType, false, _clock.GetTimestamp(), packet.Payload));

    /// <summary>The sender says nothing for a packet's time.</summary>
    public void Skip(byte payloadType) => _timestamp += PacketMs * (payloadType is Opus or Red ? 48u : 8u);

    public void Play()
    {
        for (int i = 0; i < PacketMs / 10; i++)
        {
            _receiver.GetAudio(_block);
            Played.AddRange(_block);
            _clock.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    public void Dispose() => _receiver.Dispose();
}
