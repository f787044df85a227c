using RtcEnhance.Benchmarks.Fuzz;
using RtcEnhance.Benchmarks.Soak;

namespace RtcEnhance.EndToEnd.Tests;

/// <summary>
/// The reliability list's items on whole receivers, on a virtual clock; <c>bench soak</c> and <c>bench fuzz</c> run the
/// same for long.
/// </summary>
public class ReliabilityTests
{
    private const int Seed = 7;

    [Fact]
    public void Item16_SizeOrientationAndStrideChangeOnEveryFrame_GiveTheRightSizeOrPassThrough()
    {
        SoakResult result = VideoShapeSoak.Run(500, Seed);

        Assert.Empty(result.Broken);
        Assert.True(result["enlarged"] > 450);
        Assert.Equal(1, result["passed through"]);
    }

    [Fact]
    public void Item17_FormatChangesBadBuffersCorruptDecodingAndFreezes_AreRefusedOrCounted()
    {
        SoakResult result = VideoInputSoak.Run(1200, Seed);

        Assert.Empty(result.Broken);
        Assert.Equal(3, result["freezes"]);
        Assert.True(result["refused pictures"] > 300);
        Assert.True(result["corrupt frames"] > 10);
        Assert.True(result["decoder faults"] > 10);
    }

    [Theory]
    [InlineData(StageFault.OverBudget, true, 0)]
    [InlineData(StageFault.Throws, true, 0)]
    [InlineData(StageFault.StallsOnce, true, 1)]
    [InlineData(StageFault.Hangs, true, 3)]
    [InlineData(StageFault.OverBudget, false, 0)]
    [InlineData(StageFault.Throws, false, 0)]
    [InlineData(StageFault.StallsOnce, false, 1)]
    [InlineData(StageFault.Hangs, false, 3)]
    public void Item20_AudioStageBreaks_NoAudioIsMissingAndItComesBack(StageFault fault, bool isConcealment, long mostLatePulls)
    {
        SoakResult result = AudioFaultSoak.Run(fault, isConcealment, 3000, Seed);

        Assert.Empty(result.Broken);
        Assert.InRange(result["late pulls"], Math.Min(1, mostLatePulls), mostLatePulls);
        Assert.True(result["classical blocks"] > 0);
        Assert.Equal(1, result["recoveries"]);
    }

    [Theory]
    [InlineData(StageFault.OverBudget)]
    [InlineData(StageFault.Throws)]
    [InlineData(StageFault.StallsOnce)]
    [InlineData(StageFault.Hangs)]
    public void Item20_SuperResolutionBreaks_EveryFrameIsShownOrCountedAndItComesBack(StageFault fault)
    {
        SoakResult result = VideoFaultSoak.Run(fault, 601);

        Assert.Empty(result.Broken);
        Assert.Equal(fault is StageFault.StallsOnce or StageFault.Hangs, result["dropped frames"] > 0);
        Assert.True(result["frames by the filter"] > 0);
        Assert.Equal(1, result["recoveries"]);
    }

    [Fact]
    public void Item11_RandomHeadersSizesAndTiming_NeverThrowAndStayBounded()
        => Assert.InRange(ReceiverFuzz.Run(20_000, Seed).Accepted, 2_000, 18_000);

    [Fact]
    public void Item22_AFewSecondsInRealTime_ConcealNothingAndAllocateNothing()
    {
        SoakResult result = RealTimeSoak.Run(TimeSpan.FromSeconds(3));

        Assert.InRange(result["allocated bytes"], 0, RealTimeSoak.ContendedLocksBytes);
        Assert.InRange(result["pulls"], 290, 300);
    }

    [Fact]
    public void AudioReceiver_TenThousandAlteredDatagramsOfEveryCodec_StaysInRange()
        => Assert.InRange(AudioFuzz.Run(10_000, Seed).Accepted, 2_000, 9_000);

    [Fact]
    public void FileReaders_ThousandsOfAlteredFiles_AreReadOrRefused()
    {
        Assert.InRange(FileFuzz.RunWav(5_000, Seed).Refused, 500, 4_500);
        Assert.InRange(FileFuzz.RunY4m(5_000, Seed).Refused, 500, 4_500);
    }
}
