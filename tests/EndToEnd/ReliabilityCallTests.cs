using RtcEnhance.Benchmarks.Receiver;
using RtcEnhance.Benchmarks.Soak;

namespace RtcEnhance.EndToEnd.Tests;

/// <summary>
/// Minutes of a call with every impairment at once: the short form of the hours in <c>bench soak</c>. Alone, as a collection
/// that other tests cause charges this thread with the rest of its allocation window.
/// </summary>
[Collection(Alone.Name)]
public class ReliabilityCallTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void Item22_CallWithEveryImpairment_KeepsDelayAndStatisticsAndAllocatesNothing(double driftPpm)
    {
        CallSoak soak = CallSoak.Run(new CallSoakOptions
        {
            Name = "short",
            Codecs = [CallCodec.Pcmu()],
            Duration = TimeSpan.FromMinutes(4),
            DriftPpm = driftPpm,
            HasPauses = true,
            Seed = 3,
        });

        Assert.Empty(soak.Result.Broken);
        Assert.Equal(0, soak.AllocatedBytes);
        Assert.InRange(100.0 * soak.Stats.ConcealedSamples / soak.Stats.TotalSamplesReceived, 1, 8);
    }
}
