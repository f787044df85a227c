namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 3: sequence numbers, timestamps or the SSRC start anew in the middle of a call.</summary>
public class Item03RestartTests
{
    private const int BackAfterMs = 200;

    [Theory]
    [InlineData(50_006, 100, 1, null)]
    [InlineData(20_006, 100, 1, null)]
    [InlineData(100, 50_006, 1, null)]
    [InlineData(50_006, 100, 1, 7u)]
    [InlineData(50_006, 100, 1, 3_000_000_000u)]
    [InlineData(50_006, 50_006, 2, null)]
    [InlineData(50_006, 100, 2, null)]
    [InlineData(50_006, 100, 2, 7u)]
    [InlineData(50_006, 50_006, 2, 3_000_000_000u)]
    public void Item03_CountersStartAnew_AudioIsBackWithin200Ms(int before, int after, uint ssrc, uint? timestamp)
    {
        using var call = new SimulatedCall { Sequence = (ushort)(before - 250), Timestamp = 1_000_000 };
        call.Run(5000);
        Assert.InRange(call.Sequence, before - 1, before + 1);

        call.Sequence = (ushort)after;
        call.Ssrc = ssrc;
        call.Timestamp = timestamp ?? call.Timestamp;
        int restart = call.Played.Count;
        call.Run(BackAfterMs);
        long concealed = call.Stats.ConcealedSamples;
        call.Run(5000);

        Assert.Equal(concealed, call.Stats.ConcealedSamples);
        Assert.InRange(call.LongestSilenceMs(restart), 0, BackAfterMs);
        Assert.InRange(call.Steps[^1].WaitingPackets, 0, 20);
    }

    [Fact]
    public void Item03_TenRestartsInARow_EachIsBackWithin200Ms()
    {
        using var call = new SimulatedCall();
        for (int i = 0; i < 10; i++)
        {
            call.Run(2000);
            call.Ssrc++;
            call.Sequence = (ushort)(call.Sequence + 20_000);
            call.Timestamp += 77_777_777;
        }

        Assert.InRange(call.LongestSilenceMs(8000), 0, BackAfterMs);
        Assert.InRange(call.Stats.ConcealedSamples, 0, 9 * BackAfterMs * 8);
    }
}
