using RtcEnhance.Audio.Tests.Concealment;
using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Receiver;

/// <summary>What a call does with a concealment network: one that is there, comes late, is missing, broken, slow or mad.</summary>
public class ConcealmentModelTests
{
    [Fact]
    public void GetAudio_NetworkIsThere_ConcealsFromTheFirstLoss()
    {
        using var call = new CallHarness(options => With(options, ConcealmentModelSource.FromModel(ConcealmentModels.Plain)));

        call.Run(40, Lossy);

        StageStats stats = call.Receiver.GetStats().Concealment;
        Assert.True(stats.PrimaryCalls > 5);
        Assert.Equal(stats.Calls, stats.PrimaryCalls);
        Assert.Equal(ReasonCode.Ok, stats.LastReason);
    }

    [Theory]
    [InlineData(16000)]
    [InlineData(48000)]
    public void GetAudio_OtherRates_AreConcealedByTheNetworkToo(int rate)
    {
        using var call = new CallHarness(options => new AudioReceiverOptions
        {
            Time = options.Time,
            Enhancement = options.Enhancement,
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = () => new FixedRateDecoder(rate) },
            ConcealmentModel = ConcealmentModelSource.FromModel(ConcealmentModels.Plain),
        });

        call.Run(40, Lossy);

        StageStats stats = call.Receiver.GetStats().Concealment;
        Assert.True(stats.PrimaryCalls > 5);
        Assert.Equal(stats.Calls, stats.PrimaryCalls);
    }

    [Fact]
    public void GetAudio_RateWithoutNetwork_SaysSo()
    {
        using var call = new CallHarness(options => new AudioReceiverOptions
        {
            Time = options.Time,
            Enhancement = options.Enhancement,
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = () => new FixedRateDecoder(24000) },
            ConcealmentModel = ConcealmentModelSource.FromModel(ConcealmentModels.Plain),
        });

        call.Run(20, Lossy);

        StageStats stats = call.Receiver.GetStats().Concealment;
        Assert.True(stats.Calls > 0);
        Assert.Equal(stats.Calls, stats.FallbackCount(ReasonCode.UnsupportedFormat));
    }

    [Theory]
    [InlineData(true, ReasonCode.ModelMissing)]
    [InlineData(false, ReasonCode.ModelInvalid)]
    public void GetAudio_NetworkCannotBeLoaded_IsClassicalFromTheFirstLossAndSaysWhy(bool isMissing, ReasonCode reason)
    {
        var observer = new Listener();
        ConcealmentModelSource source = isMissing
            ? ConcealmentModelSource.FromFile(Path.Combine(AppContext.BaseDirectory, "no-such-model.onnx"))
            : ConcealmentModelSource.From("broken", () => ConcealmentModel.Load([1, 2, 3], "broken"));
        Assert.ThrowsAny<Exception>(source.Load);
        using var call = new CallHarness(options => With(options, source, observer));
        using var plain = new CallHarness();

        call.Run(40, Lossy);
        plain.Run(40, Lossy);

        Assert.Equal(plain.Played, call.Played);
        StageStats stats = call.Receiver.GetStats().Concealment;
        Assert.Equal(stats.Calls, stats.FallbackCount(reason));
        Assert.Equal([$"fault concealment", $"engaged concealment {reason}"], observer.Events);
    }

    [Fact]
    public void GetAudio_NetworkComesDuringTheCall_TakesOverOnceItHasHeardEnough()
    {
        using var isAsked = new ManualResetEventSlim();
        ConcealmentModelSource source = ConcealmentModelSource.From("late", () =>
        {
            isAsked.Wait();
            return ConcealmentModels.Plain;
        });
        using var call = new CallHarness(options => With(options, source));
        call.Run(20, Lossy);
        StageStats before = call.Receiver.GetStats().Concealment;

        isAsked.Set();
        source.Load();
        call.Run(2);
        call.Run(1, _ => null);
        call.Run(20);
        StageStats soon = call.Receiver.GetStats().Concealment;
        call.Run(20, Lossy);
        StageStats after = call.Receiver.GetStats().Concealment;

        Assert.Equal(before.Calls, before.FallbackCount(ReasonCode.Warming));
        Assert.Equal(soon.Calls, soon.FallbackCount(ReasonCode.Warming));
        Assert.Equal(after.Calls - soon.Calls, after.PrimaryCalls);
        Assert.True(after.PrimaryCalls > 0);
    }

    [Fact]
    public void GetAudio_StageIsSlow_ConcealsClassicallyAndSaysWhy()
    {
        CallHarness? running = null;
        using var call = new CallHarness(options => new AudioReceiverOptions
        {
            Time = options.Time,
            OutputFormat = options.OutputFormat,
            Enhancement = options.Enhancement,
            Decoders = options.Decoders,
            ConcealmentFactory = format => new ScriptedConcealer(new NeuralConcealer(ConcealmentModels.Plain, format), (_, _) => running!.Clock.Advance(TimeSpan.FromMilliseconds(7))),
        });
        running = call;

        call.Run(40, Lossy);

        StageStats stats = call.Receiver.GetStats().Concealment;
        Assert.InRange(stats.PrimaryCalls, 1, 2);
        Assert.Equal(stats.FallbackCalls, stats.FallbackCount(ReasonCode.OverBudget));
    }

    [Fact]
    public void GetAudio_StageYieldsNaN_IsCoveredAndLeavesNoTrace()
    {
        var observer = new Listener();
        using var call = new CallHarness(options => new AudioReceiverOptions
        {
            Time = options.Time,
            OutputFormat = options.OutputFormat,
            Enhancement = options.Enhancement,
            Decoders = options.Decoders,
            Observer = observer,
            ConcealmentFactory = format => new ScriptedConcealer(new PitchConcealer(format), (output, _) => output[3] = float.NaN),
        });
        using var plain = new CallHarness();

        call.Run(60, Lossy);
        plain.Run(60, Lossy);

        Assert.Equal(plain.Played, call.Played);
        Assert.Contains("fault concealment", observer.Events);
        Assert.True(call.Receiver.GetStats().Concealment.FallbackCount(ReasonCode.Faulted) > 0);
    }

    [Fact]
    public void GetAudio_AnotherSource_IsNotConcealedFromTheOldOnesPast()
    {
        ScriptedConcealer? stage = null;
        using var call = new CallHarness(options => new AudioReceiverOptions
        {
            Time = options.Time,
            OutputFormat = options.OutputFormat,
            Enhancement = options.Enhancement,
            Decoders = options.Decoders,
            ConcealmentFactory = format => stage = new ScriptedConcealer(new PitchConcealer(format), (_, _) => { }),
        });
        call.Run(20);
        int before = stage!.Resets;

        for (int i = 0; i < 20; i++)
        {
            call.Send(ssrc: 2);
            call.Pull();
            call.Pull();
        }

        Assert.Equal(before + 1, stage.Resets);
        Assert.True(stage.ObservedAfterReset > 20);
    }

    private static int? Lossy(int packet) => packet % 7 is 5 or 6 ? null : 0;

    private static AudioReceiverOptions With(AudioReceiverOptions options, ConcealmentModelSource source, PipelineObserver? observer = null) => new()
    {
        Time = options.Time,
        OutputFormat = options.OutputFormat,
        Enhancement = options.Enhancement,
        Decoders = options.Decoders,
        ConcealmentModel = source,
        Observer = observer,
    };

    private delegate void Meddle(Span<float> output, bool isMerge);

    private sealed class ScriptedConcealer(IStage<ConcealmentJob> inner, Meddle meddle) : IStage<ConcealmentJob>
    {
        public int Resets { get; private set; }

        public int ObservedAfterReset { get; private set; }

        public string Name => "scripted";

        public void Process(scoped ref ConcealmentJob job)
        {
            inner.Process(ref job);
            meddle(job.Output, job.IsMerge);
        }

        public void Observe(scoped in ConcealmentJob job)
        {
            inner.Observe(in job);
            ObservedAfterReset++;
        }

        public void Reset()
        {
            inner.Reset();
            Resets++;
            ObservedAfterReset = 0;
        }
    }

    /// <summary>A rate that no codec of this project has: payload bytes become a tone, 20 ms a packet.</summary>
    private sealed class FixedRateDecoder(int rate) : IAudioDecoder
    {
        private long _played;

        public string Name => "fixed rate";

        public AudioFormat Format { get; } = new(rate);

        public int RtpClockRateHz => 8000;

        public int MaxSamplesPerPacket => rate / 50;

        public int GetSampleCount(ReadOnlySpan<byte> payload) => MaxSamplesPerPacket;

        public int Decode(ReadOnlySpan<byte> payload, Span<float> samples)
        {
            for (int i = 0; i < MaxSamplesPerPacket; i++)
                samples[i] = 0.1f * MathF.Sin(2 * MathF.PI * 200 * _played++ / rate);
            return MaxSamplesPerPacket;
        }

        public int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples) => 0;

        public int Conceal(Span<float> samples) => 0;

        public void Reset()
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class Listener : PipelineObserver
    {
        public List<string> Events { get; } = [];

        protected override void OnStageFaulted(string stage, Exception exception) => Events.Add($"fault {stage}");

        protected override void OnFallbackEngaged(string stage, ReasonCode reason) => Events.Add($"engaged {stage} {reason}");
    }
}
