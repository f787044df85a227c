using RtcEnhance.Audio;
using RtcEnhance.Opus;

namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>What becomes of a full-band recording on its way to the stage. Thread-safe.</summary>
/// <param name="Name">How tables name it.</param>
/// <param name="RateHz">Rate of what the stage gets.</param>
/// <param name="CutoffHz">Where its content ends.</param>
/// <param name="Degrade">From 48 kHz to that rate, aligned to the sample.</param>
internal sealed record BweCondition(string Name, int RateHz, double CutoffHz, Func<float[], float[]> Degrade)
{
    private const int FullRate = 48000;
    private const int PacketMs = 20;
    private const int LagSamples = 2 * FullRate;

    /// <summary>Wide-band speech as it was recorded.</summary>
    public static BweCondition Wide { get; } = Clean("16 kHz", 16000);

    /// <summary>Narrow-band speech as it was recorded.</summary>
    public static BweCondition Narrow { get; } = Clean("8 kHz", 8000);

    /// <summary>Full-band sound in a codec of 48 kHz: nothing is missing.</summary>
    public static BweCondition Full { get; } = new("48 kHz", FullRate, FullRate / 2.0, original => original);

    /// <summary>Both, then what calls carry; without libopus its rows are left out.</summary>
    public static IReadOnlyList<BweCondition> All { get; } =
    [
        Wide, Narrow,
        Coded("G.722", 16000, 7000, CodeG722), Coded("G.711 mu-law", 8000, 4000, CodeG711),
        .. OpusLibrary.IsAvailable
            ? new[] { Opus(16000, 24), Opus(16000, 16), Opus(8000, 12), Opus(8000, 9), OpusAtFullRate(24) }
            : [],
    ];

    private static BweCondition Clean(string name, int rateHz) => new(name, rateHz, rateHz / 2.0, original => Resampler.Convert(original, FullRate, rateHz));

    private static BweCondition Opus(int rateHz, int kbps) =>
        Coded($"Opus {(rateHz == 8000 ? "narrow" : "wide")} {kbps} kb/s", rateHz, rateHz / 2.0, samples => CodeOpus(samples, rateHz, kbps, rateHz));

    // The rate that WebRTC decodes Opus to, whatever it carries; where that ends has to be found first.
    private static BweCondition OpusAtFullRate(int kbps) => new($"Opus wide {kbps} kb/s at 48 kHz", FullRate, 8000, original =>
    {
        float[] clean = Resampler.Convert(original, FullRate, 16000);
        return Align(Resampler.Convert(clean, 16000, FullRate), CodeOpus(Pad(clean, 16000), 16000, kbps, FullRate));
    });

    private static BweCondition Coded(string name, int rateHz, double cutoffHz, Func<float[], float[]> code) => new(name, rateHz, cutoffHz, original =>
    {
        float[] clean = Resampler.Convert(original, FullRate, rateHz);
        return Align(clean, code(Pad(clean, rateHz)));
    });

    // Room for a codec's delay.
    private static float[] Pad(float[] samples, int rateHz) => [.. samples, .. new float[rateHz / 20]];

    /// <summary>Takes out the delay with the largest correlation over the first seconds; what is coded is longer by the most that there may be.</summary>
    private static float[] Align(float[] clean, float[] coded)
    {
        int heard = Math.Min(clean.Length, LagSamples);
        int lag = Enumerable.Range(0, coded.Length - clean.Length + 1).MaxBy(lag => InnerProduct.Sum(clean.AsSpan(0, heard), coded.AsSpan(lag)));
        return coded.AsSpan(lag, clean.Length).ToArray();
    }

    private static float[] CodeG711(float[] samples)
    {
        var payload = new byte[samples.Length];
        new G711Encoder(G711Law.MuLaw).Encode(samples, payload);
        using var decoder = new G711Decoder(G711Law.MuLaw);
        return DecodeAll(decoder, samples.Length, payload.Chunk(PacketMs * 8));
    }

    private static float[] CodeG722(float[] samples)
    {
        samples = samples[..(samples.Length / 2 * 2)];
        var payload = new byte[samples.Length / 2];
        new G722Encoder().Encode(samples, payload);
        using var decoder = new G722Decoder();
        return DecodeAll(decoder, samples.Length, payload.Chunk(PacketMs * 8));
    }

    private static float[] CodeOpus(float[] samples, int rateHz, int kbps, int decodedRateHz)
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions { SampleRateHz = rateHz, BitrateBps = kbps * 1000 });
        using var decoder = new OpusDecoder(decodedRateHz);
        var payloads = new List<byte[]>();
        int packet = rateHz / 1000 * PacketMs;
        var payload = new byte[1275];
        for (int at = 0; at + packet <= samples.Length; at += packet)
            payloads.Add(payload[..encoder.Encode(samples.AsSpan(at, packet), payload)]);
        return DecodeAll(decoder, payloads.Count * (decodedRateHz / 1000 * PacketMs), payloads);
    }

    private static float[] DecodeAll(IAudioDecoder decoder, int length, IEnumerable<byte[]> payloads)
    {
        var decoded = new float[length];
        int at = 0;
        foreach (byte[] payload in payloads)
            at += decoder.Decode(payload, decoded.AsSpan(at));
        return decoded;
    }
}
