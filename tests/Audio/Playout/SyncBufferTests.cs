using FsCheck;
using FsCheck.Fluent;

namespace RtcEnhance.Audio.Tests.Playout;

public class SyncBufferTests
{
    private const int Block = 8;
    private const int History = 12;
    private const int Capacity = 100;

    /// <summary>Against lists that grow: whatever is appended, taken, shortened and lengthened within the capacity.</summary>
    [Fact]
    public void AnyUse_IsThatOfAList()
        => Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            int channels = random.Next(1, 3);
            var buffer = new SyncBuffer(Capacity * channels);
            buffer.Clear(channels, History);
            var played = new List<float>();
            var pending = new List<float>();
            int historyFrames = 0;
            int stretched = 0;
            float next = 1;
            for (int step = 0; step < 200; step++)
            {
                int frames = pending.Count / channels;
                switch (random.Next(6))
                {
                    case 0 or 1 when frames < Capacity - History - 40:
                        float[] samples = [.. Enumerable.Range(0, random.Next(1, 40) * channels).Select(_ => next++)];
                        buffer.Append(samples);
                        pending.AddRange(samples);
                        break;
                    case 2 or 3 when frames >= Block:
                        var taken = new float[Block * channels];
                        int expected = Math.Min(Block, stretched);
                        if (buffer.Take(taken) != expected || !taken.SequenceEqual(pending.Take(taken.Length)))
                            return false;
                        stretched -= expected;
                        played.AddRange(taken);
                        pending.RemoveRange(0, taken.Length);
                        historyFrames = Math.Min(historyFrames + Block, History);
                        break;
                    case 4 when frames > Block:
                        int removed = random.Next(1, frames - Block + 1);
                        int mixed = random.Next(0, frames - removed + 1);
                        buffer.OnShortened(removed, mixed);
                        pending.RemoveRange(0, removed * channels);
                        stretched = Math.Max(stretched, mixed);
                        historyFrames = 0;
                        break;
                    case 5 when historyFrames == History:
                        int inserted = random.Next(1, History + 1);
                        float[] back = [.. played.TakeLast(inserted * channels)];
                        buffer.OnLengthened(inserted);
                        pending.InsertRange(0, back);
                        played.RemoveRange(played.Count - back.Length, back.Length);
                        stretched = Math.Max(stretched, inserted);
                        historyFrames = 0;
                        break;
                    default:
                        break;
                }

                bool isSame = buffer.Frames == pending.Count / channels
                    && buffer.HistoryFrames == historyFrames
                    && buffer.Pending.SequenceEqual(pending.ToArray())
                    && buffer.HistoryAndPending.SequenceEqual([.. played.TakeLast(historyFrames * channels), .. pending]);
                if (!isSame)
                    return false;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void ForgetHistory_ThenTake_CollectsItAnew()
    {
        var buffer = new SyncBuffer(Capacity);
        buffer.Clear(1, History);
        buffer.Append(new float[60]);
        buffer.Take(new float[20]);
        Assert.Equal(History, buffer.HistoryFrames);

        buffer.ForgetHistory();
        Assert.Equal(0, buffer.HistoryFrames);
        buffer.Take(new float[5]);

        Assert.Equal(5, buffer.HistoryFrames);
    }

    [Fact]
    public void Clear_AfterUse_LeavesNothing()
    {
        var buffer = new SyncBuffer(Capacity);
        buffer.Clear(1, History);
        buffer.Append(new float[60]);
        buffer.Take(new float[20]);
        buffer.OnShortened(5, 5);

        buffer.Clear(2, History);
        buffer.Append(new float[16]);

        Assert.Equal((8, 0), (buffer.Frames, buffer.HistoryFrames));
        Assert.Equal(0, buffer.Take(new float[16]));
    }

    [Fact]
    public void Append_AsMuchAsTheReceiverMayHold_Fits()
    {
        // 30 ms that a stretch asked for, less a sample, then 120 ms, after 15 ms of history, again and again.
        const int ms = 48;
        var buffer = new SyncBuffer((2 * 120 + 15) * ms * 2);
        buffer.Clear(2, 15 * ms);
        var packet = new float[120 * ms * 2];
        var block = new float[10 * ms * 2];
        for (int i = 0; i < 50; i++)
        {
            while (buffer.Frames < 30 * ms)
                buffer.Append(packet);
            while (buffer.Frames >= 10 * ms)
                buffer.Take(block);
        }

        Assert.Equal(0, buffer.Frames);
        Assert.Equal(15 * ms, buffer.HistoryFrames);
    }
}
