namespace RtcEnhance.Tests;

/// <summary>
/// Says that code which ran before allocates nothing when it runs again. It is measured up to three times: what the code
/// itself allocates comes every time, what the runtime now and then books on its thread does not. Each time has runs enough
/// for what does not come in every run.
/// </summary>
internal static class AllocationAssert
{
    public static void None(Action action, int warmUps = 100, int runs = 10)
    {
        for (int i = 0; i < warmUps; i++)
            action();

        Assert.Equal(0, Least(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < runs; i++)
                action();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }));
    }

    /// <summary>The fewest bytes of up to three measurements, for code that measures a part of itself.</summary>
    public static long Least(Func<long> measure)
    {
        long least = measure();
        for (int i = 1; i < 3 && least > 0; i++)
            least = Math.Min(least, measure());
        return least;
    }
}
