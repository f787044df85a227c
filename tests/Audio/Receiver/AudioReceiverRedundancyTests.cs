using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Receiver;

/// <summary>Redundant audio (RFC 2198) and in-band redundancy through the receiver.</summary>
public class AudioReceiverRedundancyTests
{
    private const byte Red = 63;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public void GetAudio_LossesThatTheRedundancyCovers_AreHeardAsIfNothingWasLost(int redundancy, int lost)
    {
        using CallHarness call = Call();
        var red = new RedPacketizer(Red, redundancy);
        for (int i = 0; i < 200; i++)
        {
            RtpPacket packet = red.Packetize(Packet(call, i));
            if (i % 10 is < 5 || i % 10 >= 5 + lost)
                call.Receiver.InsertPacket(packet);
            call.Pull();
            call.Pull();
        }

        InboundAudioStats stats = call.Receiver.GetStats();
        Assert.Equal(0, stats.ConcealedSamples);
        Assert.Equal(20 * lost, stats.PacketsLost);
        Assert.Equal(20 * lost, stats.FecPacketsReceived - stats.FecPacketsDiscarded);
        Assert.Equal(stats.FecPacketsReceived * CallHarness.PacketSamples, stats.FecBytesReceived);
        int start = call.Played.FindIndex(sample => sample != 0) - 1;
        Assert.Equal(60 * 8, start);
        for (int i = start + 1; i < call.Played.Count; i++)
            Assert.Equal(CallHarness.Tone(i - start), call.Played[i], 0.02f);
    }

    [Fact]
    public void GetAudio_TwoLostAndOneCopy_ConcealsOne()
    {
        using CallHarness call = Call();
        var red = new RedPacketizer(Red, 1);
        for (int i = 0; i < 100; i++)
        {
            RtpPacket packet = red.Packetize(Packet(call, i));
            if (i is not (50 or 51))
                call.Receiver.InsertPacket(packet);
            call.Pull();
            call.Pull();
        }

        Assert.Equal(CallHarness.PacketSamples, call.Receiver.GetStats().ConcealedSamples);
        Assert.Equal(1, call.Receiver.GetStats().ConcealmentEvents);
    }

    [Fact]
    public void InsertPacket_EveryPacketTwice_CountsTheCopiesAndPlaysOnce()
    {
        using CallHarness call = Call();
        var red = new RedPacketizer(Red, 1);
        for (int i = 0; i < 100; i++)
        {
            RtpPacket packet = red.Packetize(Packet(call, i));
            Assert.Equal(InsertResult.Accepted, call.Receiver.InsertPacket(packet));
            Assert.Equal(InsertResult.Duplicate, call.Receiver.InsertPacket(packet));
            call.Pull();
            call.Pull();
        }

        InboundAudioStats stats = call.Receiver.GetStats();
        Assert.Equal(100, stats.DuplicatePackets);
        Assert.Equal(99, stats.FecPacketsReceived);
        Assert.Equal(99, stats.FecPacketsDiscarded);
        Assert.Equal((0, 0), (stats.ConcealedSamples, stats.PacketsDiscarded));
        Assert.Equal(-100, stats.PacketsLost);
    }

    [Fact]
    public void InsertPacket_RedundancyCutShort_IsCountedAndConcealedOrRecovered()
    {
        using CallHarness call = Call();
        var red = new RedPacketizer(Red, 1);
        int malformed = 0;
        for (int i = 0; i < 100; i++)
        {
            RtpPacket packet = red.Packetize(Packet(call, i));
            if (i % 20 == 10)
            {
                packet = new RtpPacket(1, packet.SequenceNumber, packet.Timestamp, Red, false, 0, packet.Payload[..3]);
                malformed++;
                Assert.Equal(InsertResult.Malformed, call.Receiver.InsertPacket(packet));
            }
            else
            {
                call.Receiver.InsertPacket(packet);
            }

            call.Pull();
            call.Pull();
        }

        InboundAudioStats stats = call.Receiver.GetStats();
        Assert.Equal(malformed, stats.MalformedPackets);
        Assert.Equal(malformed, stats.PacketsLost);
        Assert.Equal(0, stats.ConcealedSamples);
    }

    [Fact]
    public void GetNackList_PacketsWhoseCopiesCame_AreNotAskedFor()
    {
        using CallHarness call = Call();
        var red = new RedPacketizer(Red, 1);
        Span<ushort> list = stackalloc ushort[8];
        for (int i = 0; i < 60; i++)
        {
            RtpPacket packet = red.Packetize(Packet(call, i));
            if (i is not (50 or 51))
                call.Receiver.InsertPacket(packet);
            if (i == 52)
            {
                call.Clock.Advance(TimeSpan.FromMilliseconds(20));
                Assert.Equal(0, call.Receiver.GetNackList(TimeSpan.FromMilliseconds(1), list));
            }

            call.Pull();
            if (i == 54)
                break;
            call.Pull();
        }

        Assert.Equal(1, call.Receiver.GetStats().FecPacketsReceived - call.Receiver.GetStats().FecPacketsDiscarded);
    }

    [Fact]
    public void InsertPacket_NewStreamWhileRedundancyIsDecoded_IsPlayed()
    {
        AudioReceiver? receiver = null;
        long now = 0;
        bool isSwitched = false;
        var decoder = new SwitchingDecoder(() =>
        {
            isSwitched = true;
            for (int i = 0; i < 2; i++)
                receiver!.InsertPacket(new RtpPacket(2, (ushort)(100 + i), (uint)(i * 160), 0, false, now, new byte[160]));
        });
        using var call = new CallHarness(options => new AudioReceiverOptions
        {
            Time = options.Time,
            OutputFormat = options.OutputFormat,
            Enhancement = options.Enhancement,
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = () => decoder },
        });
        receiver = call.Receiver;

        // Sequence numbers far above those of the stream that follows.
        for (int i = 0; i < 50 && !isSwitched; i++)
        {
            now = call.Clock.GetTimestamp();
            if (i != 20)
                receiver.InsertPacket(new RtpPacket(1, (ushort)(50_000 + i), (uint)(i * 160), 0, false, now, new byte[160]));
            call.Pull();
            if (!isSwitched)
                call.Pull();
        }

        Assert.True(isSwitched);
        for (int i = 2; i < 52; i++)
        {
            Assert.Equal(InsertResult.Accepted, receiver.InsertPacket(new RtpPacket(2, (ushort)(100 + i), (uint)(i * 160), 0, false, call.Clock.GetTimestamp(), new byte[160])));
            call.Pull();
            call.Pull();
        }

        Assert.Equal(0, receiver.GetStats().LatePackets);
        Assert.Equal(2u, receiver.GetStats().Ssrc);
        Assert.InRange(receiver.GetStats().ConcealedSamples, 0, 80 * 12);
    }

    private static CallHarness Call() => new(options => new AudioReceiverOptions
    {
        Time = options.Time,
        OutputFormat = options.OutputFormat,
        Enhancement = options.Enhancement,
        Decoders = options.Decoders,
        RedundantAudio = [Red],
    });

    private static RtpPacket Packet(CallHarness call, int i)
        => new(1, (ushort)i, (uint)(i * CallHarness.PacketSamples), 0, false, call.Clock.GetTimestamp(), ToneCodec.Encode(i));

    /// <summary>Finds redundancy in every payload; at the first look for it a new stream begins.</summary>
    private sealed class SwitchingDecoder(Action onFirstFec) : IAudioDecoder
    {
        private bool _isDone;

        public string Name => "switching";

        public AudioFormat Format { get; } = new(8000);

        public int RtpClockRateHz => 8000;

        public int MaxSamplesPerPacket => 960;

        public int GetSampleCount(ReadOnlySpan<byte> payload) => payload.Length;

        public int Decode(ReadOnlySpan<byte> payload, Span<float> samples)
        {
            samples[..payload.Length].Fill(0.1f);
            return payload.Length;
        }

        public int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples)
        {
            if (!_isDone)
                onFirstFec();
            _isDone = true;
            samples.Fill(0.1f);
            return samples.Length;
        }

        public int Conceal(Span<float> samples) => 0;

        public void Reset()
        {
        }

        public void Dispose()
        {
        }
    }
}
