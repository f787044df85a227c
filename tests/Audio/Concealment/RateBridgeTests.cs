namespace RtcEnhance.Audio.Tests.Concealment;

public class RateBridgeTests
{
    private const int CoreLength = 400;

    [Theory]
    [InlineData(8000, 400)]
    [InlineData(8000, 3000)]
    [InlineData(16000, 5000)]
    [InlineData(32000, 6000)]
    [InlineData(48000, 1000)]
    [InlineData(48000, 6000)]
    public void ToCore_Sine_KeepsPlaceAndLevel(int rate, double hz)
    {
        var bridge = new RateBridge(rate, CoreLength);
        float[] stream = Sine(rate, hz, (CoreLength * rate / 16000) + (2 * bridge.StreamReach), -bridge.StreamReach);

        var core = new float[CoreLength];
        bridge.ToCore(stream, bridge.StreamReach, core);

        Assert.All(core.Zip(Sine(16000, hz, CoreLength, 0)), pair => Assert.InRange(pair.First - pair.Second, -0.004f, 0.004f));
    }

    [Theory]
    [InlineData(8000, 400)]
    [InlineData(8000, 3000)]
    [InlineData(16000, 5000)]
    [InlineData(32000, 6000)]
    [InlineData(48000, 1000)]
    [InlineData(48000, 6000)]
    public void FromCore_Sine_KeepsPlaceAndLevel(int rate, double hz)
    {
        int length = rate / 100;
        var bridge = new RateBridge(rate, length);
        float[] core = Sine(16000, hz, 160 + (2 * bridge.CoreReach), -bridge.CoreReach);

        var stream = new float[length];
        bridge.FromCore(core, bridge.CoreReach, stream);

        Assert.All(stream.Zip(Sine(rate, hz, length, 0)), pair => Assert.InRange(pair.First - pair.Second, -0.004f, 0.004f));
    }

    [Theory]
    [InlineData(48000, 10000)]
    [InlineData(32000, 10500)]
    public void ToCore_AboveTheNetworksBand_LeavesNothing(int rate, double hz)
    {
        var bridge = new RateBridge(rate, CoreLength);
        float[] stream = Sine(rate, hz, (CoreLength * rate / 16000) + (2 * bridge.StreamReach), 0);

        var core = new float[CoreLength];
        bridge.ToCore(stream, bridge.StreamReach, core);

        Assert.All(core, sample => Assert.InRange(sample, -0.004f, 0.004f));
    }

    private static float[] Sine(int rate, double hz, int count, int first)
        => [.. Enumerable.Range(first, count).Select(n => (float)Math.Sin((2 * Math.PI * hz * n / rate) + 1))];
}
