using RtcEnhance.Inference;

namespace RtcEnhance.Tests.Inference;

[Trait("Category", "Simd")]
public sealed class PictureChangesTests
{
    private const int Reach = 3;
    private const int MostDistance = 8;
    private const int LeastGap = 8;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(70, 9)]
    [InlineData(256, 5)]
    [InlineData(700, 12)]
    public void RunsNear_AnyChanges_CoverWhatTheyReachAndLittleMore(int width, int height)
    {
        var random = new Random(width);
        byte[] luma = new byte[width * height];
        random.NextBytes(luma);
        PictureChanges changes = Settled(luma, width, height);
        Take(changes, luma, width);
        Assert.False(changes.Any);
        for (int round = 1; round < 20; round++)
        {
            var changed = new bool[luma.Length];
            for (int i = 0; i < round; i++)
            {
                int at = random.Next(luma.Length);
                luma[at]++;
                changed[at] = true;
            }

            Take(changes, luma, width);

            Assert.True(changes.Any);
            for (int distance = 0; distance <= MostDistance; distance++)
            {
                for (int y = 0; y < height; y++)
                    AssertCovers(changes.RunsNear(y, distance), Nearest(changed, width, height, y), distance);
            }

            Make(changes, 0, height);
        }
    }

    [Fact]
    public void Begin_RowsWereNotMade_StillCountsTheirChanges()
    {
        const int width = 20, height = 30;
        byte[] luma = new byte[width * height];
        PictureChanges changes = Settled(luma, width, height);
        for (int y = 0; y < height; y++)
            luma[(y * width) + 7] = 1;
        Take(changes, luma, width);
        Make(changes, 0, 10);
        Make(changes, 14, height);

        Take(changes, luma, width);

        // A row is done with when all rows up to Reach away were made: rows 10 to 13 were not.
        for (int y = 0; y < height; y++)
            Assert.Equal(y is >= 10 - Reach and < 14 + Reach, changes.IsNear(y, 0));
    }

    [Fact]
    public void Reset_SamePicture_CountsAsChanged()
    {
        const int width = 300, height = 4;
        byte[] luma = new byte[width * height];
        PictureChanges changes = Settled(luma, width, height);

        changes.Reset();
        Take(changes, luma, width);

        for (int y = 0; y < height; y++)
            Assert.Equal([new ColumnRun(0, width)], changes.RunsNear(y, 0).ToArray());
    }

    private static PictureChanges Settled(byte[] luma, int width, int height)
    {
        var changes = new PictureChanges(Reach);
        changes.Resize(width, height, MostDistance);
        Take(changes, luma, width);
        Make(changes, 0, height);
        return changes;
    }

    private static void Take(PictureChanges changes, byte[] luma, int width)
    {
        changes.Begin();
        changes.Take(luma, width);
    }

    private static void Make(PictureChanges changes, int first, int end)
    {
        for (int y = first; y < end; y++)
            changes.MarkMade(y);
    }

    // How far each sample of a row is from the nearest change, along the farther axis.
    private static int[] Nearest(bool[] changed, int width, int height, int y)
    {
        var nearest = new int[width];
        Array.Fill(nearest, int.MaxValue);
        for (int at = 0; at < changed.Length; at++)
        {
            for (int x = 0; x < width && changed[at]; x++)
                nearest[x] = Math.Min(nearest[x], Math.Max(Math.Abs((at / width) - y), Math.Abs((at % width) - x)));
        }

        return nearest;
    }

    private static void AssertCovers(ReadOnlySpan<ColumnRun> runs, int[] nearest, int distance)
    {
        var covered = new bool[nearest.Length];
        int end = -1;
        foreach (ColumnRun run in runs)
        {
            Assert.InRange(run.First, end + 1, run.End - 1);
            Assert.InRange(run.End, 1, nearest.Length);
            end = run.End;
            covered.AsSpan(run.First, run.End - run.First).Fill(true);

            // Nothing far from a change is made but gaps that are not worth it, and the rest of a cell.
            for (int x = run.First; x < run.End; x++)
                Assert.InRange(NearestWithin(nearest, x, LeastGap), 0, distance);
        }

        for (int x = 0; x < nearest.Length; x++)
            Assert.True(covered[x] || nearest[x] > distance, $"sample {x} at distance {distance}");
    }

    private static int NearestWithin(int[] nearest, int x, int samples)
        => nearest.AsSpan(Math.Max(x - samples, 0)..Math.Min(x + samples + 1, nearest.Length)).ToArray().Min();
}
