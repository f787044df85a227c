using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Receiver;

/// <summary>What senders, networks, pulls and decoders do wrong.</summary>
public sealed class AudioReceiverFaultTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly Dictionary<byte, Func<IAudioDecoder>> _decoders = new() { [0] = () => new ScriptedDecoder() };
    private readonly float[] _block = new float[80];
    private readonly FaultCounter _observer = new();
    private AudioReceiver? _receiver;
    private ushort _sequence = 65500;
    private uint _timestamp = uint.MaxValue - 8000;

    private AudioReceiver Receiver => _receiver ??= new AudioReceiver(new AudioReceiverOptions
    {
        Decoders = _decoders,
        Time = _clock,
        Observer = _observer,
        OutputFormat = new AudioFormat(8000),
        Enhancement = Fixed,
    });

    private static EnhancementOptions Fixed => new() { PlayoutDelay = PlayoutDelayOptions.Fixed(TimeSpan.FromMilliseconds(60)) };

    public void Dispose() => _receiver?.Dispose();

    [Fact]
    public void GetAudio_FreezeThenBurst_KeepsTheDelay()
    {
        Call(50);
        Pull(500);
        for (int i = 0; i < 250; i++)
            Send();

        long before = Receiver.GetStats().ConcealedSamples;
        Call(50);

        Assert.InRange(Receiver.GetStats().ConcealedSamples - before, 0, 8 * 100);
        Assert.InRange(MeanDelay(() => Call(50)), 0.03, 0.1);
    }

    [Fact]
    public void GetAudio_PullsPaused_DelayReturnsWithinFiveSeconds()
    {
        Call(50);
        for (int i = 0; i < 50; i++)
        {
            Send();
            _clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        Call(250);

        Assert.InRange(MeanDelay(() => Call(50)), 0.03, 0.1);
    }

    [Theory]
    [InlineData(480)]
    [InlineData(960)]
    [InlineData(120)]
    [InlineData(20)]
    public void GetAudio_AnyPacketDuration_NeedsNoCorrection(int samples)
    {
        double due = 0;
        for (int block = 0; block < 3000; block++)
        {
            for (; due <= block * 10; due += samples / 8.0)
                Send(samples: samples);
            Pull(1);
        }

        InboundAudioStats stats = Receiver.GetStats();
        Assert.Equal(0, stats.InsertedSamplesForDeceleration + stats.RemovedSamplesForAcceleration);
        Assert.Equal(0, stats.ConcealedSamples);
    }

    [Theory]
    [InlineData(40_000)]
    [InlineData(-40_000)]
    [InlineData(4_000_000)]
    public void GetAudio_TimestampJumps_AudioIsBackSoon(int jump)
    {
        Call(50);
        _timestamp += (uint)jump;
        long before = Receiver.GetStats().ConcealedSamples;

        Call(50);

        Assert.InRange(Receiver.GetStats().ConcealedSamples - before, 0, 8 * 300);
        Assert.Equal(0.5f, _block[^1], 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(35)]
    [InlineData(36)]
    [InlineData(30)]
    public void GetAudio_LossAroundTheWrap_ConcealsNothingElse(int lost)
    {
        Call(lost);
        int count = lost == 30 ? 6 : 1;
        for (int i = 0; i < count; i++)
        {
            Skip();
            Pull(2);
        }

        Call(50);

        Assert.Equal(lost == 0 ? 0 : 160 * count, Receiver.GetStats().ConcealedSamples);
        Assert.Equal(lost == 0 ? 0 : count, Receiver.GetStats().PacketsLost);
    }

    [Fact]
    public void InsertPacket_CopyOfAPlayedPacket_IsADuplicateAndNotDiscarded()
    {
        Call(20);
        RtpPacket copy = Send();
        Call(20);

        Assert.Equal(InsertResult.Duplicate, Receiver.InsertPacket(copy));
        Assert.Equal(0, Receiver.GetStats().PacketsDiscarded);
    }

    [Fact]
    public void GetStats_TelephoneEventsAndStrayPackets_AreNotLossesNorGains()
    {
        Call(20);
        Send(payloadType: 101);
        Receiver.InsertPacket(new RtpPacket(99, 4, 4, 0, false, _clock.GetTimestamp(), new byte[160]));
        Call(20);

        Assert.Equal(0, Receiver.GetStats().PacketsLost);
        Assert.Equal(42, Receiver.GetStats().PacketsReceived);
    }

    [Fact]
    public void GetAudio_TypeChangesWhilePacketsWait_PlaysEverySample()
    {
        _decoders[8] = () => new ScriptedDecoder();
        for (int i = 0; i < 40; i++)
        {
            Send(samples: 480, payloadType: (byte)(i < 20 ? 0 : 8));
            Pull(6);
        }

        Pull(4);
        InboundAudioStats stats = Receiver.GetStats();
        Assert.Equal(0, stats.ConcealedSamples);
        Assert.Equal(0, stats.PacketsDiscarded);
        Assert.InRange(stats.ReceivedSamples, 39 * 480, 40 * 480);
    }

    [Fact]
    public void GetAudio_LatePacketOfTheOldType_DoesNotSwitchBack()
    {
        int made = 0;
        _decoders[8] = () =>
        {
            made++;
            return new ScriptedDecoder();
        };
        Call(20);
        RtpPacket late = Next(160, 0, 50);
        Pull(2);
        for (int i = 0; i < 20; i++)
        {
            Send(payloadType: 8);
            Pull(2);
        }

        Pull(4);
        Receiver.InsertPacket(late);
        Pull(4);

        Assert.Equal(1, made);
        Assert.Equal(2, _observer.Formats);
    }

    [Fact]
    public void GetAudio_DecoderFactory_RunsOutsideTheLock()
    {
        bool inserted = false;
        _decoders[0] = () =>
        {
            var insert = new Thread(() => Send());
            insert.Start();
            inserted = insert.Join(5000);
            return new ScriptedDecoder();
        };

        Call(10);

        Assert.True(inserted);
    }

    [Fact]
    public void GetAudio_FactoryThrows_IsToldOnceAndCounted()
    {
        _decoders[0] = () => throw new InvalidOperationException("no codec");

        Call(30);

        Assert.Equal(1, _observer.DecoderFaults);
        Assert.InRange(Receiver.GetStats().UndecodablePackets, 19, 30);
    }

    [Theory]
    [InlineData(-1, 0f)]
    [InlineData(1_000_000, 0f)]
    [InlineData(int.MinValue, 0f)]
    [InlineData(160, float.NaN)]
    public void GetAudio_DecoderMisbehaves_IsConcealedAndTold(int count, float add)
    {
        _decoders[8] = () => new ScriptedDecoder { Add = add, Count = _ => count == int.MinValue ? throw new InvalidOperationException() : count };
        Call(20);
        for (int i = 0; i < 20; i++)
        {
            Send(payloadType: 8);
            Pull(2);
        }

        Assert.Equal(1, _observer.DecoderFaults);
        Assert.InRange(Receiver.GetStats().UndecodablePackets, 15, 20);
        Call(20);
        Assert.Equal(0.5f, _block[^1], 2);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    public void GetAudio_PacketsLostBeforeRedundancy_RecoversTheLastOne(int lost, int recovered)
    {
        _decoders[0] = () => new ScriptedDecoder { HasFec = true };
        Call(30);
        for (int i = 0; i < lost; i++)
        {
            Skip();
            Pull(2);
        }

        Call(30);

        InboundAudioStats stats = Receiver.GetStats();
        Assert.Equal(recovered, stats.FecPacketsReceived);
        Assert.Equal((lost - recovered) * 160, stats.ConcealedSamples);
    }

    [Fact]
    public void GetAudio_SenderPaused_UsesNoRedundancy()
    {
        _decoders[0] = () => new ScriptedDecoder { HasFec = true };
        Call(30);
        _timestamp += 160;
        Pull(2);
        Call(30);

        Assert.Equal(0, Receiver.GetStats().FecPacketsReceived);
    }

    [Fact]
    public void GetAudio_TenMinutesWithoutAPacket_ResumesAtTheTarget()
    {
        Call(50);
        for (int i = 0; i < 30_000; i++)
            Skip();
        Pull(60_000);
        Call(15);

        Assert.Equal(0.5f, _block[^1], 2);
        Assert.InRange(MeanDelay(() => Call(50)), 0.03, 0.1);
    }

    [Fact]
    public void InsertPacket_AfterDispose_IsTooLate()
    {
        Call(5);
        Receiver.Dispose();

        Assert.Equal(InsertResult.TooLate, Receiver.InsertPacket(Next(160, 0, 50)));
    }

    [Theory]
    [InlineData(8000, 1, 44100, 2)]
    [InlineData(48000, 2, 48000, 1)]
    [InlineData(16000, 1, 8000, 1)]
    [InlineData(16000, 2, 16000, 2)]
    public void GetAudio_AnyFormats_CarryTheLevel(int inputHz, int inputChannels, int outputHz, int outputChannels)
    {
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = () => new L16Decoder(inputHz, inputChannels) },
            Time = _clock,
            OutputFormat = new AudioFormat(outputHz, outputChannels),
        });
        var block = new float[receiver.OutputFormat.BlockLength];
        byte[] payload = [.. Enumerable.Repeat<byte>(0x20, inputHz / 50 * inputChannels * 2)];
        for (int i = 0; i < 50; i++)
        {
            receiver.InsertPacket(new RtpPacket(1, (ushort)i, (uint)(i * inputHz / 50), 0, false, _clock.GetTimestamp(), payload));
            receiver.GetAudio(block);
            receiver.GetAudio(block);
            _clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.InRange(block.Min(), 0.24f, 0.26f);
        Assert.InRange(block.Max(), 0.24f, 0.26f);
        Assert.Equal(0, receiver.GetStats().ConcealedSamples);
    }

    [Fact]
    public void GetAudio_TypeChangesAndLoss_AllocatesNothing()
    {
        _decoders[0] = () => new G711Decoder(G711Law.MuLaw);
        _decoders[9] = () => new G722Decoder();
        var packets = new RtpPacket[1600];
        for (int n = 0; n < packets.Length; n++)
            packets[n] = Next(160, (byte)(n / 100 % 2 * 9), 50);
        var receiver = new AudioReceiver(new AudioReceiverOptions { Decoders = _decoders, Time = _clock, OutputFormat = new AudioFormat(48000) });
        var block = new float[480];
        int i = 0;

        AllocationAssert.None(Play, warmUps: 1000, runs: 200);

        receiver.Dispose();

        void Play()
        {
            if (i % 7 != 0)
                receiver.InsertPacket(packets[i]);
            receiver.GetAudio(block);
            receiver.GetAudio(block);
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            i++;
        }
    }

    [Fact]
    public void GetAudio_PrimaryStages_ThrowStallAndGiveNothing_AudioIsNeverMissing()
    {
        int calls = 0;
        var stage = new ScriptedConcealer(_ =>
        {
            calls++;
            if (calls == 1)
                _clock.Advance(TimeSpan.FromMilliseconds(200));
            else if (calls > 40)
                throw new InvalidOperationException();
        });
        var receiver = _receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = _decoders,
            Time = _clock,
            Observer = _observer,
            OutputFormat = new AudioFormat(8000),
            Enhancement = Fixed,
            ConcealmentFactory = _ => stage,
            BandwidthExtensionFactory = _ => throw new InvalidOperationException(),
        });
        for (int i = 0; i < 3000; i++)
        {
            if (i % 5 == 0)
                Skip();
            else
                Send();
            Pull(2);
        }

        InboundAudioStats stats = receiver.GetStats();
        Assert.Equal(6000 * 80, stats.TotalSamplesReceived);
        Assert.Equal(stats.TotalSamplesReceived, stats.ReceivedSamples + stats.ConcealedSamples + stats.SilenceSamples);
        Assert.InRange(stats.Concealment.Overruns, 1, 2);
        Assert.True(stats.Concealment.FallbackCount(ReasonCode.OverBudget) > 0);
        Assert.True(stats.Concealment.FallbackCount(ReasonCode.Faulted) > 0);
        Assert.True(calls > 40);
    }

    [Fact]
    public async Task GetStats_RacingPullsInsertsAndDispose_IsConsistent()
    {
        AudioReceiver receiver = Receiver;
        var packets = new RtpPacket[10_000];
        for (int i = 0; i < packets.Length; i++)
            packets[i] = Next(160, 0, 50);
        Task insert = Task.Run(() =>
        {
            foreach (RtpPacket packet in packets)
                receiver.InsertPacket(packet);
        });
        Task pull = Task.Run(() =>
        {
            var block = new float[80];
            for (int i = 0; i < 10_000; i++)
                receiver.GetAudio(block);
        });
        while (!insert.IsCompleted)
        {
            InboundAudioStats stats = receiver.GetStats();
            Assert.Equal(stats.TotalSamplesReceived, Origins.Sum(stats));
        }

        receiver.Dispose();
        await insert;
        await pull;
    }

    private void Call(int packets)
    {
        for (int i = 0; i < packets; i++)
        {
            Send();
            Pull(2);
        }
    }

    private RtpPacket Send(int samples = 160, byte payloadType = 0)
    {
        RtpPacket packet = Next(samples, payloadType, 50);
        Receiver.InsertPacket(packet);
        return packet;
    }

    private void Skip() => Next(160, 0, 50);

    private RtpPacket Next(int samples, byte payloadType, byte level)
    {
        var payload = new byte[samples];
        payload[0] = level;
        var packet = new RtpPacket(1, _sequence++, _timestamp, payloadType, false, _clock.GetTimestamp(), payload);
        _timestamp += (uint)samples;
        return packet;
    }

    private void Pull(int blocks)
    {
        for (int i = 0; i < blocks; i++)
        {
            Receiver.GetAudio(_block);
            _clock.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    private double MeanDelay(Action run)
    {
        InboundAudioStats before = Receiver.GetStats();
        run();
        InboundAudioStats after = Receiver.GetStats();
        return (after.JitterBufferDelay - before.JitterBufferDelay) / (after.JitterBufferEmittedCount - before.JitterBufferEmittedCount);
    }

    private sealed class ScriptedConcealer(Action<int> onProcess) : IStage<ConcealmentJob>
    {
        public string Name => "scripted";

        public void Process(scoped ref ConcealmentJob job)
        {
            onProcess(job.Output.Length);
            job.Output.Fill(0.25f);
        }

        public void Observe(scoped in ConcealmentJob job)
        {
        }

        public void Reset()
        {
        }
    }

    private sealed class FaultCounter : PipelineObserver
    {
        public int DecoderFaults { get; private set; }

        public int Formats { get; private set; }

        protected override void OnDecoderFaulted(string decoder, Exception? exception) => DecoderFaults++;

        protected override void OnFormatChanged(string source, string format) => Formats++;
    }
}
