using RtcEnhance.Audio;
using RtcEnhance.Loopback.Scoring;

namespace RtcEnhance.EndToEnd.Tests.Report;

public class MediaTimelineTests
{
    private const int Block = 480;

    [Fact]
    public void Align_DelayThatChanges_PutsEveryBlockBack()
    {
        // 100 ms of silence, five blocks, 30 ms of concealment that no media stands for, five blocks.
        float[] original = [.. Enumerable.Range(0, 10 * Block).Select(i => MathF.Sin(i * 0.01f))];
        float[] played = [.. new float[10 * Block], .. original[..(5 * Block)], .. new float[3 * Block], .. original[(5 * Block)..]];
        PlayoutStep[] steps =
        [
            .. Enumerable.Repeat(Step(PlayoutOperation.Silence, 0), 10),
            .. Enumerable.Range(1, 5).Select(i => Step(PlayoutOperation.Normal, i * Block)),
            .. Enumerable.Repeat(Step(PlayoutOperation.Expand, 5 * Block), 3),
            Step(PlayoutOperation.Merge, 6 * Block),
            .. Enumerable.Range(7, 4).Select(i => Step(PlayoutOperation.Normal, i * Block)),
        ];

        var timeline = new MediaTimeline(steps, 48000);
        float[] aligned = timeline.Align(played, original.Length);

        // But for the 2.5 ms in which one delay fades into the other.
        for (int i = 120; i < original.Length; i++)
        {
            if (i is < 5 * Block or >= (5 * Block) + 120)
                Assert.Equal(original[i], aligned[i], 1e-6f);
        }

        Assert.Equal(100, timeline.DelayMsAt(0.045));
        Assert.Equal(130, timeline.DelayMsAt(0.055));
        Assert.Equal([.. Enumerable.Repeat(100.0, 5), .. Enumerable.Repeat(130.0, 5)], timeline.DelaysMs);
    }

    [Fact]
    public void Align_LostMedia_KeepsWhatWasPlayedInItsPlace()
    {
        float[] played = [.. Enumerable.Repeat(1f, Block), .. Enumerable.Repeat(2f, Block), .. Enumerable.Repeat(3f, Block)];
        PlayoutStep[] steps =
        [
            Step(PlayoutOperation.Normal, Block / 6),
            Step(PlayoutOperation.Expand, Block / 6),
            Step(PlayoutOperation.Merge, 3 * Block / 6),
        ];

        float[] aligned = new MediaTimeline(steps, 8000).Align(played, 3 * Block);

        Assert.Equal(played[120..], aligned[120..]);
    }

    private static PlayoutStep Step(PlayoutOperation operation, int timestamp) => new()
    {
        Operation = operation,
        RtpTimestamp = (uint)timestamp,
        StretchedSamples = 0,
        WaitingPackets = 0,
        DelayMs = 0,
        TargetMs = 0,
    };
}
