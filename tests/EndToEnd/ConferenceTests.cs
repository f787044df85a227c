using RtcEnhance.ConferenceView;

namespace RtcEnhance.EndToEnd.Tests;

/// <summary>The conference of `rtc demo --streams`, short and in real time: what it shows and counts, not how fast.</summary>
public class ConferenceTests
{
    [Fact]
    public void Conference_ThreeStreams_AccountsForEveryFrameAndSwitchesSpeakers()
    {
        using var call = new ConferenceCall(new ConferenceOptions { Streams = 3, Budget = 0.5 });

        ConferencePart first = call.Run(TimeSpan.FromSeconds(1));
        call.Speaker = 2;
        ConferencePart second = call.Run(TimeSpan.FromSeconds(1));

        Assert.Equal([1, 0, 0], first.Streams.Select(stream => stream.Priority));
        Assert.Equal([0, 0, 1], second.Streams.Select(stream => stream.Priority));
        foreach (StreamFigures stream in second.Streams)
        {
            // A frame of the first second may be shown in the next one.
            Assert.InRange(stream.Frames, 1, 30);
            Assert.InRange(stream.MadeBy.Sum() + stream.Dropped, 1, stream.Frames + 8);
        }

        Assert.Equal(0.5, call.Schedule!.Value.CpuBudget);
        Assert.InRange(call.Schedule.Value.PlannedShare, 0, 0.5);
        Assert.Equal(3, call.Schedule.Value.ActiveStreams);
    }

    [Theory]
    [InlineData("--streams is a number from 1 to 9, not 10.", "--streams", "10")]
    [InlineData("--streams is a whole number, not 1.5.", "--streams", "1.5")]
    [InlineData("--budget is a number from 0.01 to 64, not none.", "--streams", "2", "--budget", "none")]
    [InlineData("--loss is not an option of a conference.", "--streams", "2", "--loss", "20")]
    public void Conference_BadArgument_IsNamed(string message, params string[] args)
    {
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => ConferenceOptions.Parse(args)).Message);
        Assert.Equal(2, ConferenceVerb.Run(args));
    }
}
