using RtcEnhance.Inference;

namespace RtcEnhance.Tests.Inference;

public sealed class WorkerGroupTests
{
    [Fact]
    public void Run_SeveralParts_RunsEachOnce()
    {
        var runs = new int[4];
        using var workers = new WorkerGroup(4, part => Interlocked.Increment(ref runs[part]));

        for (int i = 0; i < 100; i++)
            workers.Run();

        Assert.All(runs, count => Assert.Equal(100, count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Run_PartThrows_ThrowsHereAndRunsAgain(int faulty)
    {
        bool isFaulty = true;
        int others = 0;
        using var workers = new WorkerGroup(3, part =>
        {
            if (part == faulty && isFaulty)
                throw new InvalidOperationException("part");
            Interlocked.Increment(ref others);
        });

        Assert.Throws<InvalidOperationException>(workers.Run);
        Assert.Equal(2, others);
        isFaulty = false;
        workers.Run();
        Assert.Equal(5, others);
    }

    [Fact]
    public void Run_AfterDispose_Throws()
    {
        var workers = new WorkerGroup(2, _ => { });

        workers.Dispose();
        workers.Dispose();

        Assert.Throws<ObjectDisposedException>(workers.Run);
    }
}
