using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Impairment;

public class GilbertElliottTests
{
    private const int Slots = 100_000;
    private static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(20);

    private static GilbertElliott Model(double percent, double burstMs, double capMs, int seed = 1)
        => new(percent, TimeSpan.FromMilliseconds(burstMs), TimeSpan.FromMilliseconds(capMs), Slot, seed);

    private static (double LossPercent, double MeanBurst, int Longest) Measure(GilbertElliott model)
    {
        int lost = 0, bursts = 0, longest = 0, run = 0;
        for (int i = 0; i < Slots; i++)
        {
            if (!model.IsSlotLost(i))
            {
                run = 0;
                continue;
            }

            lost++;
            run++;
            bursts += run == 1 ? 1 : 0;
            longest = Math.Max(longest, run);
        }

        return (100.0 * lost / Slots, (double)lost / Math.Max(1, bursts), longest);
    }

    [Theory]
    [InlineData(5, 60, 200)]
    [InlineData(10, 60, 200)]
    [InlineData(30, 60, 200)]
    [InlineData(20, 120, 300)]
    [InlineData(20, 20, 200)]
    [InlineData(40, 100, 10_000)]
    [InlineData(70, 200, 400)]
    [InlineData(10, 200, 200)]
    public void Model_OverManySlots_HasTheAskedLossAndBurst(double percent, double burstMs, double capMs)
    {
        (double loss, double meanBurst, int longest) = Measure(Model(percent, burstMs, capMs));

        // Four standard errors of a share estimated from correlated slots: a burst counts as about one observation.
        double error = 4 * Math.Sqrt(percent * (100 - percent) * 2 * (burstMs / 20) / Slots);
        Assert.InRange(loss, percent - error, percent + error);
        Assert.InRange(meanBurst * 20, burstMs * 0.93, burstMs * 1.07);
        Assert.True(longest * 20 <= capMs, $"a burst of {longest} slots");
    }

    [Fact]
    public void Model_WithoutLoss_LosesNothing() => Assert.Equal(0, Measure(Model(0, 60, 200)).LossPercent);

    [Fact]
    public void Model_AskedOutOfOrder_AnswersAsInOrder()
    {
        GilbertElliott inOrder = Model(20, 60, 200), backwards = Model(20, 60, 200), otherSeed = Model(20, 60, 200, seed: 2);
        var expected = new bool[2000];
        int differences = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = inOrder.IsSlotLost(i);
            differences += expected[i] != otherSeed.IsSlotLost(i) ? 1 : 0;
        }

        for (int i = expected.Length - 1; i >= 0; i--)
            Assert.Equal(expected[i], backwards.IsSlotLost(i));
        Assert.InRange(differences, 100, 1900);
    }

    [Fact]
    public void IsLost_WithinOneSlot_HasOneAnswer()
    {
        GilbertElliott model = Model(30, 60, 200);

        for (int i = 0; i < 500; i++)
        {
            Assert.Equal(model.IsSlotLost(i), model.IsLost(Slot * i));
            Assert.Equal(model.IsSlotLost(i), model.IsLost((Slot * (i + 1)) - TimeSpan.FromTicks(1)));
        }
    }

    [Theory]
    [InlineData(-1, 60, 200)]
    [InlineData(76, 60, 200)]
    [InlineData(double.NaN, 60, 200)]
    [InlineData(10, 10, 200)]
    [InlineData(10, 300, 200)]
    [InlineData(10, 10, 10)]
    public void Model_OfImpossibleValues_IsRefused(double percent, double burstMs, double capMs)
        => Assert.Throws<ArgumentOutOfRangeException>(() => Model(percent, burstMs, capMs));
}
