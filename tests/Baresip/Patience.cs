namespace RtcEnhance.Baresip;

/// <summary>Waits for what another process does; only a call that goes wrong ever waits for long.</summary>
internal static class Patience
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    public static void Until(Func<bool> condition, Func<string> what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Longest)
                throw new TimeoutException($"It did not happen within {Longest.TotalMinutes} minutes: {what()}");
            Thread.Sleep(10);
        }
    }
}
