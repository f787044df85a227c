using RtcEnhance.Audio;
using RtcEnhance.Opus;
using RtcEnhance.Testing;

namespace RtcEnhance.Loopback.Sending;

/// <summary>A datagram and when it is sent, from the start of the call.</summary>
public readonly record struct TimedDatagram(TimeSpan At, byte[] Data);

/// <summary>Turns the demo's speech into RTP packets of 20 ms. Thread-safe.</summary>
public static class AudioPackets
{
    /// <summary>Audio's SSRC.</summary>
    public const uint Ssrc = 0x0A0D_1001;

    /// <summary>Packet time.</summary>
    public const int PacketMs = 20;

    private delegate int PacketEncoder(ReadOnlySpan<float> samples, Span<byte> payload);

    /// <summary>Payload types: the static ones of RFC 3551, 111 for Opus as browsers use it.</summary>
    public static byte PayloadType(DemoAudioCodec codec) => codec switch
    {
        DemoAudioCodec.Pcmu => 0,
        DemoAudioCodec.Pcma => 8,
        DemoAudioCodec.G722 => 9,
        _ => 111,
    };

    /// <summary>The rate of the RTP timestamps; 8000 for G.722 too (RFC 3551 section 4.5.2).</summary>
    public static int ClockRateHz(DemoAudioCodec codec) => codec == DemoAudioCodec.Opus ? 48000 : 8000;

    /// <summary>A decoder for the receiving side.</summary>
    public static IAudioDecoder CreateDecoder(DemoAudioCodec codec) => codec switch
    {
        DemoAudioCodec.Pcmu => new G711Decoder(G711Law.MuLaw),
        DemoAudioCodec.Pcma => new G711Decoder(G711Law.ALaw),
        DemoAudioCodec.G722 => new G722Decoder(),
        _ => new OpusDecoder(),
    };

    /// <summary>Encodes the whole call.</summary>
    /// <param name="speech">Mono, 48 kHz; repeated where it is shorter than the call.</param>
    /// <param name="options">Codec, length and expected loss.</param>
    /// <returns>The packets in order.</returns>
    public static List<TimedDatagram> Encode(float[] speech, CallOptions options)
    {
        int rateHz = options.AudioCodec switch { DemoAudioCodec.Opus => 48000, DemoAudioCodec.G722 => 16000, _ => 8000 };
        int clockRateHz = ClockRateHz(options.AudioCodec);
        float[] samples = Resampler.Convert(Repeat(speech, (int)(options.Seconds * SourceClip.SpeechRateHz)), SourceClip.SpeechRateHz, rateHz);
        int packetSamples = rateHz * PacketMs / 1000;
        var packets = new List<TimedDatagram>();
        var payload = new byte[1500];
        using var opus = options.AudioCodec == DemoAudioCodec.Opus
            ? new OpusEncoder(new OpusEncoderOptions
            {
                BitrateBps = 32000,
                InBandFec = true,
                ExpectedLossPercent = (int)Math.Round(options.LossPercent),
            })
            : null;
        PacketEncoder encode = options.AudioCodec switch
        {
            DemoAudioCodec.Pcmu => new G711Encoder(G711Law.MuLaw).Encode,
            DemoAudioCodec.Pcma => new G711Encoder(G711Law.ALaw).Encode,
            DemoAudioCodec.G722 => new G722Encoder().Encode,
            _ => opus!.Encode,
        };
        for (int i = 0; (i + 1) * packetSamples <= samples.Length; i++)
        {
            int bytes = encode(samples.AsSpan(i * packetSamples, packetSamples), payload);
            packets.Add(new TimedDatagram(
                TimeSpan.FromMilliseconds(i * PacketMs),
                RtpDatagram.Build(new RtpPacket(Ssrc, (ushort)(65500 + i), (uint)(i * clockRateHz * PacketMs / 1000), PayloadType(options.AudioCodec), i == 0, 0, payload.AsMemory(0, bytes)))));
        }

        return packets;
    }

    /// <summary>The original that the call plays: <paramref name="speech"/> repeated or cut.</summary>
    public static float[] Repeat(float[] speech, int length)
    {
        ArgumentNullException.ThrowIfNull(speech);
        var repeated = new float[length];
        for (int at = 0; at < length; at += speech.Length)
            speech.AsSpan(0, Math.Min(speech.Length, length - at)).CopyTo(repeated.AsSpan(at));
        return repeated;
    }
}
