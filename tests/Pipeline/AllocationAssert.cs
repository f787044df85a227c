namespace RtcEnhance.Tests;

/// <summary>Says that code which ran before allocates nothing when it runs again.</summary>
internal static class AllocationAssert
{
    public static void None(Action action, int warmUps = 100)
    {
        for (int i = 0; i < warmUps; i++)
            action();

        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(0, after - before);
    }
}
