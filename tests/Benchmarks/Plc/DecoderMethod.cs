using RtcEnhance.Audio;
using RtcEnhance.Opus;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>libopus's decoder alone: its redundancy and its own concealment. One thread at a time.</summary>
internal sealed class DecoderMethod(string name, PlcCodec codec, IReadOnlyDictionary<string, byte[][]> packets, int complexity) : PlcMethod(name)
{
    public override float[] Conceal(PlcClip clip, bool[] lost, string scratch)
    {
        byte[][] sent = packets[clip.Name];
        using var decoder = new OpusDecoder(codec.RateHz, 1, complexity);
        int length = codec.RateHz * PlcBenchmark.PacketMs / 1000;
        var decoded = new float[sent.Length * length];
        for (int i = 0; i < sent.Length; i++)
        {
            Span<float> packet = decoded.AsSpan(i * length, length);
            if (!lost[i])
                decoder.Decode(sent[i], packet);
            else if (i + 1 == sent.Length || lost[i + 1] || decoder.DecodeFec(sent[i + 1], packet) == 0)
                decoder.Conceal(packet);
        }

        return Resampler.Convert(decoded, codec.RateHz, PlcBenchmark.RateHz);
    }
}
