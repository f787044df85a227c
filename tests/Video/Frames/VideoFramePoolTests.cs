namespace RtcEnhance.Video.Tests.Frames;

public class VideoFramePoolTests
{
    [Fact]
    public void Dispose_TwoThreadsAtOnce_GivesThePictureBackOnce()
    {
        const int Rounds = 20_000;
        var pool = new VideoFramePool(2);
        VideoFrame frame = pool.Rent(16, 16)!;
        using var barrier = new Barrier(2);
        var other = new Thread(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                barrier.SignalAndWait();
                frame.Dispose();
                barrier.SignalAndWait();
            }
        });
        other.Start();

        int worst = 0;
        for (int i = 0; i < Rounds; i++)
        {
            barrier.SignalAndWait();
            frame.Dispose();
            barrier.SignalAndWait();
            worst = Math.Min(worst, pool.Rented);
            frame = pool.Rent(16, 16) ?? frame;
        }

        other.Join();
        Assert.Equal(0, worst);
    }

    [Fact]
    public void Dispose_Twice_GivesThePictureBackOnce()
    {
        var pool = new VideoFramePool(2);
        VideoFrame frame = pool.Rent(16, 16)!;

        frame.Dispose();
        frame.Dispose();

        Assert.Equal(0, pool.Rented);
        Assert.NotSame(pool.Rent(16, 16), pool.Rent(16, 16));
    }
}
