using FsCheck;
using FsCheck.Fluent;

namespace RtcEnhance.Tests.Rtp;

public sealed class CounterUnwrapperTests
{
    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(0, 65535, 1)]
    [InlineData(65535, 0, -1)]
    [InlineData(32767, 0, 32767)]
    [InlineData(32768, 0, -32768)]
    public void Distance_AcrossTheWrap_IsTheShortWay(int later, int earlier, int expected)
    {
        Assert.Equal(expected, RtpArithmetic.Distance((ushort)later, (ushort)earlier));
        Assert.Equal(expected > 0, RtpArithmetic.IsNewer((ushort)later, (ushort)earlier));
    }

    [Fact]
    public void Distance_ThirtyTwoBits_IsTheShortWay()
    {
        Assert.Equal(1, RtpArithmetic.Distance(0u, uint.MaxValue));
        Assert.Equal(int.MinValue, RtpArithmetic.Distance(0x80000000u, 0u));
        Assert.True(RtpArithmetic.IsNewer(5u, uint.MaxValue - 5));
        Assert.False(RtpArithmetic.IsNewer(5u, 5u));
    }

    [Fact]
    public void Distance_AnyOffset_IsThatOffset()
        => Prop.ForAll<uint, int>((start, offset) => RtpArithmetic.Distance(start + (uint)offset, start) == offset
            && RtpArithmetic.Distance((ushort)(start + (uint)(short)offset), (ushort)start) == (short)offset).QuickCheckThrowOnFailure();

    [Fact]
    public void Unwrap_ReorderedAcrossTheWrap_KeepsOrder()
    {
        var unwrapper = new CounterUnwrapper();
        ushort[] arrivals = [65533, 65535, 0, 65534, 2, 1, 65535];

        long[] unwrapped = [.. arrivals.Select(value => unwrapper.Unwrap(value))];

        Assert.Equal([65533, 65535, 65536, 65534, 65538, 65537, 65535], unwrapped);
        Assert.Equal(65538, unwrapper.Newest);
    }

    [Fact]
    public void Unwrap_BeforeAFirstValueNearZero_IsNegative()
    {
        var unwrapper = new CounterUnwrapper();

        Assert.Equal(0, unwrapper.Unwrap((ushort)0));
        Assert.Equal(-1, unwrapper.Unwrap((ushort)65535));
        Assert.Equal(1, unwrapper.Unwrap((ushort)1));
    }

    [Fact]
    public void Unwrap_MillionSteps_IsWhatASearchFinds()
    {
        var random = new Random(5);
        var narrow = new CounterUnwrapper();
        var wide = new CounterUnwrapper();
        long truth = 40_000;
        long wideTruth = 3_000_000_000;
        long newest = truth;
        long wideNewest = wideTruth;
        for (int i = 0; i < 1_000_000; i++)
        {
            bool isJump = random.Next(100) == 0;
            truth = newest + random.Next(isJump ? -32_768 : -20, isJump ? 32_768 : 40);
            wideTruth = wideNewest + random.NextInt64(isJump ? int.MinValue : -48_000, isJump ? int.MaxValue : 96_000);

            if (i > 0 && narrow.Peek((ushort)truth) != Search(truth & 0xFFFF, newest, 1L << 16))
                Assert.Fail($"Step {i}: {truth & 0xFFFF} is not nearest to {newest}.");
            long got = narrow.Unwrap((ushort)truth);
            long wideGot = wide.Unwrap((uint)wideTruth);
            if (i == 0)
                (truth, wideTruth) = (got, wideTruth & 0xFFFFFFFF);
            if (got != truth || wideGot != wideTruth)
                Assert.Fail($"Step {i}: {got} and {wideGot} instead of {truth} and {wideTruth}.");
            newest = i == 0 ? truth : Math.Max(newest, truth);
            wideNewest = i == 0 ? wideTruth : Math.Max(wideNewest, wideTruth);
        }

        Assert.True(newest > 65536L * 10);
        Assert.Equal((newest, wideNewest), (narrow.Newest, wide.Newest));
    }

    [Fact]
    public void Reset_AfterWraps_StartsAnew()
    {
        var unwrapper = new CounterUnwrapper();
        unwrapper.Unwrap((ushort)65535);
        unwrapper.Unwrap((ushort)3);
        unwrapper.Reset();

        Assert.False(unwrapper.HasValue);
        Assert.Equal(9, unwrapper.Unwrap((ushort)9));
    }

    /// <summary>The candidate nearest to the newest value, by trying them all around it.</summary>
    private static long Search(long value, long newest, long range)
    {
        long first = value + (((newest / range) - 1) * range);
        long best = first;
        for (long candidate = first; candidate <= first + (3 * range); candidate += range)
        {
            if (Math.Abs(candidate - newest) < Math.Abs(best - newest))
                best = candidate;
        }

        return best;
    }
}
