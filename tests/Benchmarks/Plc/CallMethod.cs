using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>
/// A call through a whole <see cref="AudioReceiver"/> on a virtual clock, its delay fixed at 60 ms, so that the output can be
/// laid over the original. One thread at a time.
/// </summary>
internal sealed class CallMethod(string name, PlcCodec codec, IReadOnlyDictionary<string, byte[][]> packets, ConcealmentModelSource? model)
    : PlcMethod(name)
{
    private const int DelayMs = 60;

    /// <summary>The lossless call by the decoder alone, at the codec's rate.</summary>
    public static float[] Decode(PlcCodec codec, byte[][] packets)
    {
        using IAudioDecoder decoder = codec.CreateDecoder();
        int length = codec.RateHz * PlcBenchmark.PacketMs / 1000;
        var decoded = new float[packets.Length * length];
        for (int i = 0; i < packets.Length; i++)
            decoder.Decode(packets[i], decoded.AsSpan(i * length, length));
        return decoded;
    }

    public override float[] Conceal(PlcClip clip, bool[] lost, string scratch)
    {
        byte[][] sent = packets[clip.Name];
        var clock = new ManualTimeProvider();
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Time = clock,
            OutputFormat = new AudioFormat(codec.RateHz),
            ExtendBandwidth = false,
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [96] = codec.CreateDecoder },
            Enhancement = new EnhancementOptions { PlayoutDelay = PlayoutDelayOptions.Fixed(TimeSpan.FromMilliseconds(DelayMs)) },
            ConcealmentModel = model,
        });
        int block = codec.RateHz / 100;
        int blocks = 2 * sent.Length;
        var played = new float[(blocks + (DelayMs / 10) + 2) * block];
        for (int i = 0; i * block < played.Length; i++)
        {
            int packet = i / 2;
            if (i % 2 == 0 && packet < sent.Length && !lost[packet])
            {
                uint timestamp = (uint)(packet * codec.ClockRateHz * PlcBenchmark.PacketMs / 1000);
                receiver.InsertPacket(new RtpPacket(1, (ushort)packet, timestamp, 96, false, clock.GetTimestamp(), sent[packet]));
            }

            receiver.GetAudio(played.AsSpan(i * block, block));
            clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        int lag = Lag(clip.Samples, played, block);
        return Resampler.Convert(played.AsSpan(lag, blocks * block), codec.RateHz, PlcBenchmark.RateHz);
    }

    // In whole blocks: where the most samples are the lossless call's.
    private static int Lag(float[] decoded, float[] played, int block)
    {
        (int Lag, int Equal) best = (0, -1);
        for (int lag = 0; lag <= DelayMs / 10 * block; lag += block)
        {
            int equal = 0;
            for (int i = 0; i < decoded.Length; i += 7)
                equal += decoded[i] != 0 && Math.Abs(decoded[i] - played[lag + i]) < 1e-5f ? 1 : 0;
            if (equal > best.Equal)
                best = (lag, equal);
        }

        return best.Lag;
    }
}
