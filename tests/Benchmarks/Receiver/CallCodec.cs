using System.Buffers.Binary;
using RtcEnhance.Audio;
using RtcEnhance.Opus;

namespace RtcEnhance.Benchmarks.Receiver;

/// <summary>A codec as a call uses it: ten seconds of encoded sound, over and over, in packets of 20 ms. Thread-safe.</summary>
public sealed class CallCodec
{
    private const int Packets = 500;
    private const int MaxPayloadBytes = 4000;

    private CallCodec(string name, byte payloadType, int clockRateHz, Func<IAudioDecoder> createDecoder, IReadOnlyList<byte[]> payloads)
    {
        Name = name;
        PayloadType = payloadType;
        PacketTicks = clockRateHz / 50;
        CreateDecoder = createDecoder;
        Payloads = payloads;
    }

    /// <summary>Name in tables.</summary>
    public string Name { get; }

    /// <summary>RTP payload type.</summary>
    public byte PayloadType { get; }

    /// <summary>RTP clock units of one packet.</summary>
    public int PacketTicks { get; }

    /// <summary>Makes a decoder.</summary>
    public Func<IAudioDecoder> CreateDecoder { get; }

    /// <summary>The encoded packets, in order.</summary>
    public IReadOnlyList<byte[]> Payloads { get; }

    /// <summary>G.711 at 8 kHz.</summary>
    /// <returns>The codec.</returns>
    public static CallCodec Pcmu()
    {
        var encoder = new G711Encoder(G711Law.MuLaw);
        return new("PCMU", 0, 8000, () => new G711Decoder(G711Law.MuLaw), Encode(8000, encoder.Encode));
    }

    /// <summary>Every codec that this machine decodes: Opus only where libopus is there.</summary>
    /// <returns>The codecs.</returns>
    public static IReadOnlyList<CallCodec> All()
    {
        var g722 = new G722Encoder();
        List<CallCodec> codecs =
        [
            Pcmu(),
            new("G722", 9, 8000, () => new G722Decoder(), Encode(16000, g722.Encode)),
            new("L16-48k", 96, 48000, () => new L16Decoder(48000), Encode(48000, ToBigEndian)),
        ];
        if (!OpusLibrary.IsAvailable)
            return codecs;
        using var opus = new OpusEncoder(new OpusEncoderOptions { InBandFec = true, ExpectedLossPercent = 10 });
        codecs.Add(new("Opus", 111, 48000, () => new OpusDecoder(), Encode(48000, opus.Encode)));
        return codecs;
    }

    private static List<byte[]> Encode(int sampleRateHz, Encoder encode)
    {
        int samples = sampleRateHz / 50;
        float[] signal = VoiceSignal.Create(Packets / 50.0, sampleRateHz);
        var payloads = new List<byte[]>(Packets);
        var buffer = new byte[MaxPayloadBytes];

        // Only the second pass is kept: it begins in the state that it ends in, so that it can be repeated.
        for (int i = 0; i < 2 * Packets; i++)
        {
            int bytes = encode(signal.AsSpan(i % Packets * samples, samples), buffer);
            if (i >= Packets)
                payloads.Add(buffer[..bytes]);
        }

        return payloads;
    }

    private static int ToBigEndian(ReadOnlySpan<float> samples, Span<byte> payload)
    {
        for (int i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteInt16BigEndian(payload[(2 * i)..], (short)(samples[i] * short.MaxValue));
        return 2 * samples.Length;
    }

    private delegate int Encoder(ReadOnlySpan<float> samples, Span<byte> payload);
}
