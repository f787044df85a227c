using System.Diagnostics.Metrics;
using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Receiver;

/// <summary>What the receiver gives its stages, decoders and listeners, and takes back from them.</summary>
public class AudioReceiverStageTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly float[] _block = new float[480];
    private ushort _sequence;
    private uint _timestamp;

    [Fact]
    public void GetAudio_DecoderTakesTheWholeBlock_LeavesTheStagesNoTime()
    {
        var stage = new ExtensionStage();
        var decoder = new ScriptedDecoder
        {
            Count = count =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(10));
                return count;
            },
        };
        using AudioReceiver receiver = Receiver(decoder, extension: stage);

        Call(receiver, 50);

        StageStats stats = receiver.GetStats().BandwidthExtension;
        Assert.InRange(stats.FallbackCount(ReasonCode.Warming) + stats.FallbackCount(ReasonCode.Overload), 45, 50);
        Assert.InRange(stage.Runs, 40, 50);
    }

    [Fact]
    public void GetAudio_LongLoss_RunsTheDecodersConcealmentForTenBlocks()
    {
        var decoder = new ScriptedDecoder();
        using AudioReceiver receiver = Receiver(decoder);
        Call(receiver, 20);

        Pull(receiver, 500);
        Assert.Equal(10, decoder.ConcealCalls);

        Call(receiver, 20);
        int before = decoder.ConcealCalls;
        _sequence++;
        _timestamp += 160;
        Pull(receiver, 2);
        Call(receiver, 20);
        Assert.Equal(before + 2, decoder.ConcealCalls);
    }

    [Fact]
    public void Dispose_OneStageThrows_DisposesDecoderAndStages()
    {
        var decoder = new ScriptedDecoder();
        var concealment = new ConcealmentStage();
        var extension = new ExtensionStage();
        var observer = new StageObserver();
        AudioReceiver receiver = Receiver(decoder, concealment, extension, observer);
        Call(receiver, 10);

        receiver.Dispose();
        receiver.Dispose();

        Assert.Equal(1, decoder.Disposals);
        Assert.Equal(1, concealment.Disposals);
        Assert.Equal(1, extension.Disposals);
        Assert.Equal(["concealment"], observer.Faults);
    }

    [Fact]
    public void GetAudio_DecoderRefused_IsDisposed()
    {
        var decoder = new ScriptedDecoder { RtpClockRateHz = 1 };
        using AudioReceiver receiver = Receiver(decoder);

        Call(receiver, 10);

        Assert.Equal(1, decoder.Disposals);
    }

    [Fact]
    public void PacketsDiscarded_LateAtInsertOrAtDecode_AreMeteredOutsideTheLock()
    {
        int thread = Environment.CurrentManagedThreadId;
        long metered = 0;
        bool wasFree = true;
        using AudioReceiver receiver = Receiver(new ScriptedDecoder());
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "rtcenhance.audio.packets_discarded")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) =>
        {
            if (Environment.CurrentManagedThreadId != thread)
                return;
            metered += value;
            var other = new Thread(() => receiver.GetStats());
            other.Start();
            wasFree &= other.Join(5000);
        });
        listener.Start();
        Call(receiver, 20);
        Pull(receiver, 7);

        // More was concealed than the 5 ms that it holds, and what follows it is there.
        Send(receiver, samples: 40);
        Send(receiver);
        Pull(receiver, 30);
        Assert.Equal(1, receiver.GetStats().PacketsDiscarded);
        Assert.Equal(1, metered);

        // Sent before the first one, it comes after the last.
        receiver.InsertPacket(new RtpPacket(1, ushort.MaxValue, 0, 0, false, _clock.GetTimestamp(), new byte[160]));
        Assert.Equal(2, receiver.GetStats().PacketsDiscarded);
        Assert.Equal(2, metered);
        Assert.True(wasFree);
    }

    [Fact]
    public void InsertPacket_TwoClockRatesAlternate_AllocatesNothingAndKeepsTheJitter()
    {
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>>
            {
                [0] = () => new G711Decoder(G711Law.MuLaw),
                [8] = () => new L16Decoder(16000, 1),
            },
            Time = _clock,
        });
        var payloads = new byte[][] { new byte[160], new byte[640] };

        AllocationAssert.None(
            () =>
            {
                int i = _sequence % 2;
                receiver.InsertPacket(new RtpPacket(1, _sequence++, _timestamp, (byte)(i * 8), false, _clock.GetTimestamp(), payloads[i]));
                _timestamp += i == 0 ? 160u : 320u;
                Pull(receiver, 2);
            },
            runs: 100);

        Assert.InRange(receiver.GetStats().Jitter, 0, 0.001);
    }

    private AudioReceiver Receiver(ScriptedDecoder decoder, ConcealmentStage? concealment = null, ExtensionStage? extension = null, PipelineObserver? observer = null)
        => new(new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = () => decoder },
            Time = _clock,
            ConcealmentFactory = _ => concealment,
            BandwidthExtensionFactory = _ => extension,
            Observer = observer,
            Enhancement = new EnhancementOptions { PlayoutDelay = PlayoutDelayOptions.Fixed(TimeSpan.FromMilliseconds(60)) },
        });

    private void Call(AudioReceiver receiver, int packets)
    {
        for (int i = 0; i < packets; i++)
        {
            Send(receiver);
            Pull(receiver, 2);
        }
    }

    private void Send(AudioReceiver receiver, int samples = 160)
    {
        receiver.InsertPacket(new RtpPacket(1, _sequence++, _timestamp, 0, false, _clock.GetTimestamp(), new byte[samples]));
        _timestamp += (uint)samples;
    }

    private void Pull(AudioReceiver receiver, int blocks)
    {
        for (int i = 0; i < blocks; i++)
        {
            receiver.GetAudio(_block);
            _clock.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    private sealed class ConcealmentStage : IStage<ConcealmentJob>, IDisposable
    {
        public int Disposals { get; private set; }

        public string Name => "test";

        public void Process(scoped ref ConcealmentJob job) => job.Output.Clear();

        public void Observe(scoped in ConcealmentJob job)
        {
        }

        public void Reset()
        {
        }

        public void Dispose()
        {
            Disposals++;
            throw new InvalidOperationException("cannot end");
        }
    }

    private sealed class ExtensionStage : IStage<BandwidthExtensionJob>, IDisposable
    {
        public int Runs { get; private set; }

        public int Disposals { get; private set; }

        public string Name => "test";

        public void Process(scoped ref BandwidthExtensionJob job)
        {
            Runs++;
            job.Output.Clear();
        }

        public void Observe(scoped in BandwidthExtensionJob job)
        {
        }

        public void Reset()
        {
        }

        public void Dispose() => Disposals++;
    }

    private sealed class StageObserver : PipelineObserver
    {
        public List<string> Faults { get; } = [];

        protected override void OnStageFaulted(string stage, Exception exception) => Faults.Add(stage);
    }
}
