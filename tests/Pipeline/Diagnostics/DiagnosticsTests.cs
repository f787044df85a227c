using System.Diagnostics.Metrics;
using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Diagnostics;

public sealed class DiagnosticsTests
{
    [Fact]
    public void Observer_EveryThrowingCallback_IsSwallowedAndCounted()
    {
        var observer = new ThrowingObserver();

        NotifyAll(observer);

        Assert.Equal(8, observer.CallbacksThrown);
    }

    [Fact]
    public void Observer_EveryEvent_ReachesItsCallback()
    {
        var observer = new RecordingObserver();

        NotifyAll(observer);

        Assert.Equal(
            ["engaged s Overload", "released s", "faulted s x", "callback s x", "flushed s 3", "format s f", "key frame 7", "decoder s "],
            observer.Events);
        Assert.Equal(0, observer.CallbacksThrown);
    }

    [Fact]
    public void Meter_Listening_SeesJobsByStageAndReasonWithoutAllocation()
    {
        const string stage = "meter test";
        long fallbacks = 0;
        long durations = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == RtcEnhanceMeter.Name)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "rtcenhance.stage.fallbacks" && tags[0].Value is stage && tags[1].Value is "ModelMissing")
                fallbacks += value;
        });
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "rtcenhance.stage.duration" && tags[0].Value is stage)
                durations++;
        });
        listener.Start();
        var time = new ManualTimeProvider();
        var stageUnderTest = new BudgetedStage<TextJob>(
            null, new ScriptedStage("fallback", time), new BudgetOptions(), time, name: stage);
        char[] output = new char[4];
        int runs = 0;

        AllocationAssert.None(() =>
        {
            var job = new TextJob { Output = output };
            stageUnderTest.Process(ref job);
            runs++;
        });

        Assert.Equal((runs, runs), (fallbacks, durations));
    }

    [Fact]
    public void Meter_ThrowingListener_LosesWhatItWasToldAndNothingElse()
    {
        const string stage = "throwing listener test";
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == RtcEnhanceMeter.Name)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            if (tags.Length > 0 && tags[0].Value is stage)
                throw new InvalidOperationException("the application's");
        });
        listener.Start();
        var time = new ManualTimeProvider();
        var stageUnderTest = new BudgetedStage<TextJob>(
            null, new ScriptedStage("fallback", time), new BudgetOptions(), time, name: stage);
        long before = RtcEnhanceMeter.ListenerFaults;

        char[] output = new char[4];
        var job = new TextJob { Output = output };
        stageUnderTest.Process(ref job);

        Assert.Equal(StageRoute.Fallback, stageUnderTest.LastRoute);
        Assert.True(RtcEnhanceMeter.ListenerFaults > before);
        Assert.Equal(1, stageUnderTest.GetStats().Calls);
    }

    private static void NotifyAll(PipelineObserver observer)
    {
        var exception = new InvalidOperationException("x");
        observer.NotifyFallbackEngaged("s", ReasonCode.Overload);
        observer.NotifyFallbackReleased("s");
        observer.NotifyStageFaulted("s", exception);
        observer.NotifyCallbackFaulted("s", exception);
        observer.NotifyBufferFlushed("s", 3);
        observer.NotifyFormatChanged("s", "f");
        observer.NotifyKeyFrameRequested(7);
        observer.NotifyDecoderFaulted("s", null);
    }

    private sealed class ThrowingObserver : PipelineObserver
    {
        protected override void OnFallbackEngaged(string stage, ReasonCode reason) => throw new InvalidOperationException();

        protected override void OnFallbackReleased(string stage) => throw new InvalidOperationException();

        protected override void OnStageFaulted(string stage, Exception exception) => throw new InvalidOperationException();

        protected override void OnCallbackFaulted(string source, Exception exception) => throw new InvalidOperationException();

        protected override void OnBufferFlushed(string source, int items) => throw new InvalidOperationException();

        protected override void OnFormatChanged(string source, string format) => throw new InvalidOperationException();

        protected override void OnKeyFrameRequested(uint ssrc) => throw new InvalidOperationException();

        protected override void OnDecoderFaulted(string decoder, Exception? exception) => throw new InvalidOperationException();
    }
}
