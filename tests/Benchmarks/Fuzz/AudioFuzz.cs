using RtcEnhance.Audio;
using RtcEnhance.Benchmarks.Receiver;
using RtcEnhance.Testing;
using RtcEnhance.Tests;

namespace RtcEnhance.Benchmarks.Fuzz;

/// <summary>
/// Feeds an audio receiver with every codec at once: packets of streams that change codec, altered in header and
/// payload, late, doubled, or nothing but noise, while a device pulls pieces of any length. Thread-safe.
/// </summary>
public static class AudioFuzz
{
    private const int HeaderBytes = 12;

    private static readonly Dictionary<byte, Func<IAudioDecoder>> MoreDecoders = new()
    {
        [8] = () => new G711Decoder(G711Law.ALaw),
        [10] = () => new L16Decoder(44100, 2),
        [11] = () => new L16Decoder(44100),
        [97] = () => new L16Decoder(16000),
    };

    /// <summary>Runs one receiver over seeded packets; an exception means that it is wrong.</summary>
    /// <param name="count">Datagrams.</param>
    /// <param name="seed">The same seed gives the same run.</param>
    /// <returns>Datagrams that the receiver took, and all others.</returns>
    /// <exception cref="InvalidOperationException">A sample is out of range, or the statistics do not add up.</exception>
    public static FuzzCount Run(int count, int seed)
    {
        var random = new Random(seed);
        var clock = new ManualTimeProvider();
        IReadOnlyList<CallCodec> codecs = CallCodec.All();
        var decoders = new Dictionary<byte, Func<IAudioDecoder>>(MoreDecoders);
        foreach (CallCodec codec in codecs)
            decoders[codec.PayloadType] = codec.CreateDecoder;
        using var receiver = new AudioReceiver(new AudioReceiverOptions { Decoders = decoders, Time = clock });
        var stream = new Stream(random, codecs, [.. decoders.Keys]);
        var samples = new float[1000];
        TimeSpan pulledTo = TimeSpan.Zero;
        long accepted = 0;
        for (int i = 0; i < count; i++)
        {
            if (RtpPacket.TryParse(stream.Next(), clock.GetTimestamp(), out RtpPacket packet)
                && receiver.InsertPacket(packet) is InsertResult.Accepted or InsertResult.Flushed)
            {
                accepted++;
            }

            clock.Advance(TimeSpan.FromMilliseconds(random.Next(500) == 0 ? random.Next(2000) : random.Next(10)));
            for (; pulledTo < clock.Elapsed; pulledTo += TimeSpan.FromMilliseconds(10))
                Pull(receiver, samples.AsSpan(0, random.Next(20) == 0 ? random.Next(1000) : 480), seed, i);
        }

        return new FuzzCount(accepted, count - accepted);
    }

    private static void Pull(AudioReceiver receiver, Span<float> samples, int seed, int number)
    {
        samples.Fill(float.NaN);
        receiver.GetAudio(samples);
        foreach (float sample in samples)
        {
            if (!(Math.Abs(sample) <= 1))
                throw new InvalidOperationException($"Seed {seed}, datagram {number}: a sample is {sample}.");
        }

        InboundAudioStats stats = receiver.GetStats();
        if (stats.TotalSamplesReceived != Origins.Sum(stats))
            throw new InvalidOperationException($"Seed {seed}, datagram {number}: the statistics do not add up: {stats}.");
    }

    /// <summary>A sender that has lost its mind now and then.</summary>
    private sealed class Stream(Random random, IReadOnlyList<CallCodec> codecs, byte[] payloadTypes)
    {
        private CallCodec _codec = codecs[0];
        private byte[] _last = [];
        private ushort _sequence;
        private uint _timestamp;
        private uint _ssrc = 1;

        public ReadOnlyMemory<byte> Next()
        {
            switch (random.Next(20))
            {
                case 0:
                    return ByteMutation.Noise(random, 400);
                case 1:
                    return _last;
                case 2:
                    _sequence += (ushort)random.Next(-5, 20);
                    _timestamp += (uint)(random.Next(-5, 20) * _codec.PacketTicks);
                    break;
                default:
                    break;
            }

            if (random.Next(300) == 0)
                _codec = codecs[random.Next(codecs.Count)];
            if (random.Next(2000) == 0)
                (_ssrc, _sequence, _timestamp) = ((uint)random.Next(), (ushort)random.Next(65536), (uint)random.NextInt64(1L << 32));
            byte payloadType = random.Next(50) == 0 ? payloadTypes[random.Next(payloadTypes.Length)] : _codec.PayloadType;
            ReadOnlyMemory<byte> payload = random.Next(10) == 0 ? ByteMutation.Noise(random, 2000) : _codec.Payloads[_sequence % _codec.Payloads.Count];
            byte[] datagram = RtpDatagram.Build(new RtpPacket(_ssrc, _sequence, _timestamp, payloadType, false, 0, payload));
            _sequence++;
            _timestamp += (uint)_codec.PacketTicks;
            _last = random.Next(4) == 0 ? ByteMutation.Alter(datagram, random, HeaderBytes) : datagram;
            return _last;
        }
    }
}
