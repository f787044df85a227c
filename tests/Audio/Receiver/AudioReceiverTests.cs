using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Receiver;

public class AudioReceiverTests
{
    [Fact]
    public void GetAudio_BeforeTheFirstPacket_IsSilenceAndCounted()
    {
        using var call = new CallHarness();

        for (int i = 0; i < 5; i++)
            Assert.False(call.Pull().ContainsAnyExcept(0f));

        Assert.Equal(400, call.Receiver.GetStats().SilenceSamples);
        Assert.Equal(0, call.Receiver.GetStats().ConcealedSamples);
    }

    [Fact]
    public void GetAudio_CleanCall_PlaysEverySampleOnceAfterTheTargetDelay()
    {
        using var call = new CallHarness();

        call.Run(100);

        float[] played = [.. call.Played];
        int start = Array.FindIndex(played, sample => sample != 0) - 1;
        Assert.Equal(60 * 8, start);
        float worst = 0;
        for (int i = start + 1; i < played.Length; i++)
            worst = Math.Max(worst, Math.Abs(played[i] - CallHarness.Tone(i - start)));
        Assert.InRange(worst, 0, 0.02f);
        InboundAudioStats stats = call.Receiver.GetStats();
        Assert.Equal(0, stats.ConcealedSamples);
        Assert.Equal(100, stats.PacketsReceived);
        Assert.Equal(0, stats.PacketsLost);
        Assert.InRange(stats.JitterBufferDelay / stats.JitterBufferEmittedCount, 0.059, 0.061);
    }

    [Fact]
    public void GetAudio_OnePacketLost_ConcealsItAndReturnsToReceivedSamples()
    {
        using var call = new CallHarness();

        call.Run(100, i => i == 50 ? null : 0);

        InboundAudioStats stats = call.Receiver.GetStats();
        Assert.Equal(160, stats.ConcealedSamples);
        Assert.Equal(1, stats.ConcealmentEvents);
        Assert.Equal(1, stats.PacketsLost);
        float[] played = [.. call.Played];
        int start = Array.FindIndex(played, sample => sample != 0) - 1;
        int lossEnd = start + (51 * CallHarness.PacketSamples);
        float worst = 0;
        for (int i = lossEnd + 80; i < played.Length; i++)
            worst = Math.Max(worst, Math.Abs(played[i] - CallHarness.Tone(i - start)));
        Assert.InRange(worst, 0, 0.02f);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void InsertPacket_Reordered_ChangesNothing(int depth)
    {
        using var inOrder = new CallHarness();
        using var reordered = new CallHarness();

        inOrder.Run(100);
        reordered.Run(100, i => i % (depth + 1) == 0 ? depth * 20 - 5 : 0);

        Assert.Equal(0, reordered.Receiver.GetStats().ConcealedSamples);
        Assert.Equal(inOrder.Played.Where(s => s != 0).Take(10000), reordered.Played.Where(s => s != 0).Take(10000));
    }

    [Fact]
    public void InsertPacket_Duplicate_IsCountedAndNotPlayedTwice()
    {
        using var call = new CallHarness();
        var packet = new RtpPacket(1, 7, 0, 0, false, call.Clock.GetTimestamp(), new byte[160]);

        Assert.Equal(InsertResult.Accepted, call.Receiver.InsertPacket(packet));
        Assert.Equal(InsertResult.Duplicate, call.Receiver.InsertPacket(packet));

        Assert.Equal(1, call.Receiver.GetStats().DuplicatePackets);
    }

    [Fact]
    public void InsertPacket_AfterPlayout_IsTooLate()
    {
        using var call = new CallHarness();

        call.Run(50, i => i == 20 ? 300 : 0);

        InboundAudioStats stats = call.Receiver.GetStats();
        Assert.Equal(1, stats.LatePackets);
        Assert.Equal(1, stats.PacketsDiscarded);
        Assert.Equal(160, stats.ConcealedSamples);
    }

    [Fact]
    public void InsertPacket_UnknownPayloadType_IsCounted()
    {
        using var call = new CallHarness();

        InsertResult result = call.Receiver.InsertPacket(new RtpPacket(1, 7, 0, 55, false, 0, new byte[160]));

        Assert.Equal(InsertResult.UnknownPayloadType, result);
        Assert.Equal(1, call.Receiver.GetStats().UnknownPayloadTypePackets);
    }

    [Fact]
    public void InsertPacket_NewSource_TakesOverAfterTwoPackets()
    {
        using var call = new CallHarness();
        call.Run(50);

        for (int i = 0; i < 50; i++)
        {
            call.Send(0, ssrc: 2);
            call.Pull();
            call.Pull();
        }

        InboundAudioStats stats = call.Receiver.GetStats();
        Assert.InRange(stats.ConcealedSamples, 1, 8 * 200);
        Assert.Equal(1, stats.Flushes);
    }

    [Fact]
    public void InsertPacket_MoreThanTheBufferHolds_FlushesAndPlaysOn()
    {
        using var call = new CallHarness();
        call.Run(10);

        for (int i = 0; i < 500; i++)
            call.Send();
        call.Pull();
        call.Run(50);

        InboundAudioStats stats = call.Receiver.GetStats();
        Assert.True(stats.Flushes >= 1);
        Assert.NotEqual(0, call.Played[^1]);
    }

    [Fact]
    public void GetAudio_LatencyStep_ReturnsWithinHalfASecond()
    {
        using var call = new CallHarness();

        call.Run(200, i => i < 100 ? 0 : 300);

        InboundAudioStats stats = call.Receiver.GetStats();
        Assert.InRange(stats.ConcealedSamples, 8 * 200, 8 * 700);
        Assert.Equal(0, call.Receiver.GetStats().PacketsLost);
    }

    [Theory]
    [InlineData(+500)]
    [InlineData(-500)]
    public void GetAudio_SenderClockDrifts_AbsorbsItBlockByBlock(int ppm)
    {
        using var call = new CallHarness();

        // Three minutes; the sender's packets come every 20 ms of its own clock.
        double due = 0;
        for (int i = 0; i < 18_000; i++)
        {
            for (; due <= i * 10.0; due += 20.0 * (1 - (ppm * 1e-6)))
                call.Send();
            call.Pull();
        }

        InboundAudioStats stats = call.Receiver.GetStats();
        long driftBlocks = 180_000 / 10 * Math.Abs(ppm) / 1_000_000;
        long corrected = ppm > 0 ? stats.RemovedSamplesForAcceleration : stats.InsertedSamplesForDeceleration;
        Assert.InRange(corrected / 80, driftBlocks - 4, driftBlocks + 4);
        Assert.Equal(0, stats.LatePackets);
        Assert.InRange(stats.JitterBufferDelay / stats.JitterBufferEmittedCount, 0.03, 0.09);
    }

    [Theory]
    [InlineData(72)]
    [InlineData(88)]
    [InlineData(1)]
    [InlineData(480)]
    public void GetAudio_AnyPullLength_YieldsTheSameSamples(int length)
    {
        using var blocks = new CallHarness();
        using var other = new CallHarness();
        blocks.Send();
        other.Send();
        for (int i = 0; i < 20; i++)
            blocks.Pull();

        var pulled = new List<float>();
        var block = new float[length];
        foreach (RtpPacket packet in other.TakeArrived())
            other.Receiver.InsertPacket(packet);
        while (pulled.Count < blocks.Played.Count)
        {
            other.Receiver.GetAudio(block);
            pulled.AddRange(block);
        }

        Assert.Equal(blocks.Played, pulled.Take(blocks.Played.Count));
    }

    [Fact]
    public void GetStats_AnyNetwork_EverySampleHasOneOrigin()
    {
        var random = new Random(5);
        using var call = new CallHarness();

        for (int i = 0; i < 3000; i++)
        {
            call.Run(1, _ => random.Next(10) switch { 0 => null, 1 => random.Next(200), _ => random.Next(40) });
            InboundAudioStats stats = call.Receiver.GetStats();
            Assert.Equal(stats.TotalSamplesReceived, stats.ReceivedSamples + stats.ConcealedSamples + stats.SilenceSamples);
            Assert.Equal(call.Played.Count, stats.TotalSamplesReceived);
        }
    }

    [Fact]
    public void GetAudio_RandomPackets_NeverThrows()
    {
        var random = new Random(11);
        using var call = new CallHarness();
        var block = new float[80];

        for (int i = 0; i < 10_000; i++)
        {
            var payload = new byte[random.Next(4) == 0 ? 0 : random.Next(400)];
            random.NextBytes(payload);
            call.Receiver.InsertPacket(new RtpPacket((uint)random.Next(3), (ushort)random.Next(65536), (uint)random.NextInt64(1L << 32), (byte)random.Next(3), false, call.Clock.GetTimestamp(), payload));
            if (i % 3 == 0)
            {
                call.Receiver.GetAudio(block);
                call.Clock.Advance(TimeSpan.FromMilliseconds(10));
                Assert.False(block.AsSpan().ContainsAnyExceptInRange(-1f, 1f));
            }
        }

        InboundAudioStats stats = call.Receiver.GetStats();
        Assert.Equal(stats.TotalSamplesReceived, stats.ReceivedSamples + stats.ConcealedSamples + stats.SilenceSamples);
    }

    [Fact]
    public void GetAudio_SteadyCallWithLoss_AllocatesNothing()
    {
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = () => new G711Decoder(G711Law.MuLaw) },
        });
        var block = new float[480];
        RtpPacket[] packets = [.. Enumerable.Range(0, 1500).Select(n => new RtpPacket(1, (ushort)n, (uint)(n * 160), 0, false, TimeProvider.System.GetTimestamp(), new byte[160]))];
        int i = 0;

        AllocationAssert.None(Play, warmUps: 300, runs: 400);

        void Play()
        {
            if (i % 10 != 0)
                receiver.InsertPacket(packets[i]);
            receiver.GetAudio(block);
            receiver.GetAudio(block);
            i++;
        }
    }

    [Fact]
    public void GetAudio_AfterDispose_IsSilence()
    {
        var call = new CallHarness();
        call.Run(20);
        call.Dispose();
        var block = new float[80];
        Array.Fill(block, 1);

        call.Receiver.GetAudio(block);

        Assert.False(block.AsSpan().ContainsAnyExcept(0f));
    }

    [Fact]
    public void GetAudio_HalfAFrame_Throws()
    {
        using var call = new CallHarness(o => new AudioReceiverOptions { Decoders = o.Decoders, Time = o.Time, OutputFormat = new AudioFormat(48000, 2) });

        Assert.Throws<ArgumentException>(() => call.Receiver.GetAudio(new float[481]));
    }

    [Fact]
    public void Options_OutsideTheirRange_AreNamed()
    {
        var options = new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = () => new G711Decoder(G711Law.MuLaw) },
            PacketBufferCapacity = 3,
        };

        var fault = Assert.Throws<ArgumentException>(() => new AudioReceiver(options));

        Assert.Contains("PacketBufferCapacity", fault.Message, StringComparison.Ordinal);
        Assert.Contains('3', fault.Message);
    }
}
