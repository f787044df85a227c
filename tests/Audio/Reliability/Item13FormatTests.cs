namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 13: channels change, devices have any rate, pulls any length.</summary>
public class Item13FormatTests
{
    public static TheoryData<int, int> Outputs
    {
        get
        {
            var outputs = new TheoryData<int, int>();
            foreach (int rateHz in (int[])[8000, 12000, 16000, 24000, 32000, 44100, 48000])
            {
                outputs.Add(rateHz, 1);
                outputs.Add(rateHz, 2);
            }

            return outputs;
        }
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Item13_MonoAndStereoAlternate_OnAnyDevice(int rateHz, int channels)
    {
        using var call = new SimulatedCall(new AudioFormat(rateHz, channels)) { PayloadType = SimulatedCall.L16Wide };
        call.Run(500);
        int start = call.Played.Count;
        for (int i = 0; i < 6; i++)
        {
            call.PayloadType = i % 2 == 0 ? SimulatedCall.L16Stereo : SimulatedCall.L16Wide;
            call.Run(500);
        }

        Assert.InRange(call.Stats.ConcealedSamples, 0, 6 * rateHz / 100);
        Assert.InRange(call.LongestSilenceMs(start), 0, 0);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Item13_PullsOf9To11Ms_YieldTheSameSamples(int rateHz, int channels)
    {
        using var even = new SimulatedCall(new AudioFormat(rateHz, channels));
        using var uneven = new SimulatedCall(new AudioFormat(rateHz, channels));
        int block = even.PullSamples;

        even.Run(2000);
        for (int i = 0; i < 200; i++)
        {
            // A short pull leaves a piece of its block to the next one: none begins a block before its time.
            uneven.PullSamples = i % 2 == 0 ? block * 9 / 10 : (2 * block) - (block * 9 / 10);
            uneven.Run(10);
        }

        Assert.Equal(even.Played.Count, uneven.Played.Count);
        Assert.Equal(even.Stats.ConcealedSamples, uneven.Stats.ConcealedSamples);
        Assert.Equal(even.Played, uneven.Played);
    }

    [Theory]
    [InlineData(48000, 44100)]
    [InlineData(16000, 48000)]
    public void Item13_DeviceChangesItsRate_ANewReceiverGoesOnWithinTheDelay(int beforeHz, int afterHz)
    {
        using var before = new SimulatedCall(new AudioFormat(beforeHz)) { PayloadType = SimulatedCall.L16Wide };
        before.Run(3000);

        using var after = new SimulatedCall(new AudioFormat(afterHz)) { PayloadType = SimulatedCall.L16Wide, Sequence = before.Sequence, Timestamp = before.Timestamp };
        after.Run(3000);

        Assert.Equal(0, after.Stats.ConcealedSamples);
        Assert.InRange(after.LongestSilenceMs(0), 0, 100);
    }
}
