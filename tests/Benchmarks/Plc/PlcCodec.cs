using RtcEnhance.Audio;
using RtcEnhance.Opus;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>What a call's voice is coded by, in packets of 20 ms. Thread-safe.</summary>
/// <param name="Name">In a table's head.</param>
/// <param name="RateHz">Rate of the samples.</param>
/// <param name="ClockRateHz">Rate of the RTP clock.</param>
/// <param name="CreateDecoder">Makes a decoder.</param>
/// <param name="Encode">Samples to packets.</param>
internal sealed record PlcCodec(string Name, int RateHz, int ClockRateHz, Func<IAudioDecoder> CreateDecoder, Func<float[], byte[][]> Encode)
{
    private const int OpusBitrate = 32000;
    private const int ExpectedLossPercent = 20;

    /// <summary>G.711 at 8 kHz.</summary>
    public static PlcCodec G711 { get; } = new("G.711, 8 kHz", 8000, 8000, static () => new G711Decoder(G711Law.MuLaw), EncodeG711);

    /// <summary>Opus at 48 kHz.</summary>
    /// <param name="hasFec">Whether packets carry redundancy of the one before.</param>
    public static PlcCodec Opus(bool hasFec) => new(
        $"Opus, 48 kHz, {OpusBitrate / 1000} kb/s{(hasFec ? " with FEC" : "")}", 48000, 48000, static () => new OpusDecoder(), samples => EncodeOpus(samples, hasFec));

    private static byte[][] EncodeG711(float[] samples)
    {
        var encoder = new G711Encoder(G711Law.MuLaw);
        return Packets(samples, 8000, packet =>
        {
            var payload = new byte[packet.Length];
            encoder.Encode(packet, payload);
            return payload;
        });
    }

    private static byte[][] EncodeOpus(float[] samples, bool hasFec)
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions
        {
            BitrateBps = OpusBitrate,
            InBandFec = hasFec,
            ExpectedLossPercent = hasFec ? ExpectedLossPercent : 0,
        });
        var payload = new byte[1275];
        return Packets(samples, 48000, packet => payload[..encoder.Encode(packet, payload)]);
    }

    private static byte[][] Packets(float[] samples, int rateHz, Func<float[], byte[]> encode)
    {
        int length = rateHz * PlcBenchmark.PacketMs / 1000;
        var packets = new byte[(samples.Length + length - 1) / length][];
        for (int i = 0; i < packets.Length; i++)
        {
            var packet = new float[length];
            samples.AsSpan(i * length, Math.Min(length, samples.Length - (i * length))).CopyTo(packet);
            packets[i] = encode(packet);
        }

        return packets;
    }
}
