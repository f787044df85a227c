using System.Diagnostics;

namespace RtcEnhance.Loopback;

/// <summary>Waits that are as exact as the machine allows: sleep while there is time, spin at the end.</summary>
internal static class RealTime
{
    /// <summary>Below this a sleep may overshoot.</summary>
    private const double SpinMs = 1.5;

    public static void WaitUntil(long start, TimeSpan at)
    {
        while (true)
        {
            double leftMs = (at - Stopwatch.GetElapsedTime(start)).TotalMilliseconds;
            if (leftMs <= 0)
                return;
            if (leftMs > SpinMs)
                Thread.Sleep(Math.Max(1, (int)(leftMs - SpinMs)));
            else
                Thread.SpinWait(50);
        }
    }
}
