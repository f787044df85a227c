using RtcEnhance.Audio;
using RtcEnhance.Benchmarks.Receiver;
using RtcEnhance.Testing;
using RtcEnhance.Tests;

namespace RtcEnhance.Benchmarks.Fuzz;

/// <summary>
/// Feeds an audio receiver the way NetEq's fuzzer does: the 11 bytes of payload type, sequence number, timestamp and SSRC
/// random now and then, payloads of 0 to 64 kB, of every codec, redundancy, comfort noise and telephone events, at random
/// times, while a device pulls 9, 10 or 11 ms and a host takes the keys pressed and the packets to ask for again.
/// Thread-safe.
/// </summary>
public static class ReceiverFuzz
{
    private const int LargestPayload = 65_507;
    private const long MaxAllocatedBytes = 4 * 1024 * 1024;

    private const byte Redundancy = 63;
    private const byte ComfortNoise = 13;
    private const byte KeyPress = 101;

    /// <summary>More at once were not waiting.</summary>
    private const int MostEvents = 64;

    private static readonly int[] PullLengths = [432, 480, 528];

    /// <summary>Runs one receiver over seeded packets; an exception means that it is wrong.</summary>
    /// <param name="count">Packets.</param>
    /// <param name="seed">The same seed gives the same run.</param>
    /// <returns>Packets that the receiver took, and all others.</returns>
    /// <exception cref="InvalidOperationException">A sample is out of range, the statistics do not add up, or memory was allocated without bound.</exception>
    public static FuzzCount Run(int count, int seed)
    {
        var random = new Random(seed);
        var clock = new ManualTimeProvider();
        IReadOnlyList<CallCodec> codecs = CallCodec.All();
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Time = clock,
            Decoders = codecs.ToDictionary(codec => codec.PayloadType, codec => codec.CreateDecoder),
            TelephoneEvents = new Dictionary<byte, int> { [KeyPress] = 8000 },
            RedundantAudio = [Redundancy],
        });
        var sender = new Sender(random, codecs);
        var samples = new float[PullLengths.Max()];
        var missing = new ushort[20];
        TimeSpan pulledTo = TimeSpan.Zero;
        long accepted = 0, allocated = 0;
        for (int i = 0; i < count; i++)
        {
            RtpPacket packet = sender.Next(clock.GetTimestamp());
            long before = GC.GetAllocatedBytesForCurrentThread();
            InsertResult result = receiver.InsertPacket(packet);
            accepted += result is InsertResult.Accepted or InsertResult.Flushed ? 1 : 0;
            Advance(clock, random);
            for (; pulledTo < clock.Elapsed; pulledTo += TimeSpan.FromMilliseconds(10))
                receiver.GetAudio(samples.AsSpan(0, PullLengths[random.Next(PullLengths.Length)]));
            int missed = receiver.GetNackList(TimeSpan.FromMilliseconds(random.Next(300)), missing.AsSpan(0, random.Next(missing.Length)));
            int events = TakeEvents(receiver);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            Check(samples, receiver.GetStats(), seed, i);
            if (events > MostEvents || missed > missing.Length)
                throw new InvalidOperationException($"Seed {seed}, packet {i}: {events} telephone events and {missed} missing packets at once.");
        }

        return allocated <= MaxAllocatedBytes
            ? new FuzzCount(accepted, count - accepted)
            : throw new InvalidOperationException($"Seed {seed}: {allocated} bytes were allocated for {count} packets.");
    }

    private static int TakeEvents(AudioReceiver receiver)
    {
        int events = 0;
        while (events <= MostEvents && receiver.TryReadTelephoneEvent(out _))
            events++;
        return events;
    }

    /// <summary>Packets in step, in bursts, and after a silence.</summary>
    private static void Advance(ManualTimeProvider clock, Random random)
    {
        int ms = random.Next(1000) switch
        {
            < 500 => 0,
            < 995 => random.Next(40),
            < 999 => random.Next(500),
            _ => random.Next(15_000),
        };
        clock.Advance(TimeSpan.FromMilliseconds(ms));
    }

    private static void Check(float[] samples, in InboundAudioStats stats, int seed, int number)
    {
        foreach (float sample in samples)
        {
            if (!(Math.Abs(sample) <= 1))
                throw new InvalidOperationException($"Seed {seed}, packet {number}: a sample is {sample}.");
        }

        if (stats.TotalSamplesReceived != Origins.Sum(stats) || stats.PacketsReceived != number + 1)
            throw new InvalidOperationException($"Seed {seed}, packet {number}: the statistics do not add up: {stats}.");
    }

    /// <summary>A call whose headers and payloads are broken now and then. Nothing is copied: payloads are views.</summary>
    private sealed class Sender
    {
        private readonly Random _random;
        private readonly IReadOnlyList<CallCodec> _codecs;
        private readonly byte[] _noise = new byte[2 * LargestPayload];
        private readonly List<byte[]> _redundant = [];
        private CallCodec _codec;
        private uint _ssrc = 1;
        private ushort _sequence;
        private uint _timestamp;

        public Sender(Random random, IReadOnlyList<CallCodec> codecs)
        {
            _random = random;
            _codecs = codecs;
            _codec = codecs[0];
            random.NextBytes(_noise);
            foreach (CallCodec codec in codecs)
            {
                byte[] first = codec.Payloads[0], second = codec.Payloads[1];
                int offset = codec.PacketTicks;
                if (first.Length < 1024)
                {
                    _redundant.Add([
                        (byte)(0x80 | codec.PayloadType), (byte)(offset >> 6), (byte)((offset << 2) | (first.Length >> 8)), (byte)first.Length,
                        codec.PayloadType, .. first, .. second]);
                }
            }
        }

        public RtpPacket Next(long arrival)
        {
            if (_random.Next(400) == 0)
                _codec = _codecs[_random.Next(_codecs.Count)];
            if (_random.Next(5000) == 0)
                (_ssrc, _sequence, _timestamp) = ((uint)_random.Next(), (ushort)_random.Next(65_536), (uint)_random.NextInt64(1L << 32));
            int gap = _random.Next(10) == 0 ? _random.Next(-3, 8) : 1;
            _sequence = (ushort)(_sequence + gap);
            _timestamp = unchecked(_timestamp + (uint)(gap * _codec.PacketTicks));

            (byte payloadType, ReadOnlyMemory<byte> payload) = NextPayload();
            uint ssrc = _ssrc;
            ushort sequence = _sequence;
            uint timestamp = _timestamp;
            int broken = _random.Next(8) == 0 ? _random.Next(1, 16) : 0;
            if ((broken & 1) != 0)
                payloadType = (byte)_random.Next(128);
            if ((broken & 2) != 0)
                sequence = (ushort)_random.Next(65_536);
            if ((broken & 4) != 0)
                timestamp = (uint)_random.NextInt64(1L << 32);
            if ((broken & 8) != 0)
                ssrc = (uint)_random.NextInt64(1L << 32);
            return new RtpPacket(ssrc, sequence, timestamp, payloadType, _random.Next(20) == 0, arrival, payload);
        }

        private (byte PayloadType, ReadOnlyMemory<byte> Payload) NextPayload()
        {
            switch (_random.Next(40))
            {
                case 0:
                    return (_codec.PayloadType, Noise(LargestPayload));
                case 1:
                    return (_codec.PayloadType, Noise(3));
                case 2:
                    return (ComfortNoise, Noise(14));
                case 3:
                    return (KeyPress, KeyPresses());
                case 4:
                    return (Redundancy, Noise(2000));
                case < 12 when _redundant.Count > 0:
                    return (Redundancy, _redundant[_random.Next(_redundant.Count)]);
                default:
                    return (_codec.PayloadType, _codec.Payloads[_sequence % _codec.Payloads.Count]);
            }
        }

        /// <summary>Reports of an event, or nothing of the kind.</summary>
        private ReadOnlyMemory<byte> KeyPresses()
            => _random.Next(3) == 0 ? Noise(70) : _noise.AsMemory(4 * _random.Next(1000), 4 * _random.Next(1, 4));

        private ReadOnlyMemory<byte> Noise(int most) => _noise.AsMemory(_random.Next(LargestPayload), _random.Next(most + 1));
    }
}
