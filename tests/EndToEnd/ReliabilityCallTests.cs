using RtcEnhance.Benchmarks.Receiver;
using RtcEnhance.Benchmarks.Soak;

namespace RtcEnhance.EndToEnd.Tests;

/// <summary>Minutes of a call with every impairment at once: the short form of the hours in <c>bench soak</c>.</summary>
public class ReliabilityCallTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void Call_WithLossJitterAndDrift_KeepsDelayAndStatisticsAndAllocatesNothing(double driftPpm)
    {
        CallSoak soak = CallSoak.Run(CallCodec.Pcmu(), TimeSpan.FromMinutes(4), driftPpm, seed: 3, measuresHeap: false);

        Assert.Empty(soak.Result.Broken);
        Assert.Equal(0, soak.AllocatedBytes);
        Assert.True(soak.Result["drift blocks"] > 0);
        Assert.InRange(100.0 * soak.Stats.ConcealedSamples / soak.Stats.TotalSamplesReceived, 3, 12);
    }
}
