namespace RtcEnhance.SipSorcery.Tests;

/// <summary>Waits for what another thread does; only a test that fails ever waits for long.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static void For(Func<bool> condition, string what)
    {
        if (!SpinWait.SpinUntil(condition, Patience))
            throw new TimeoutException($"It did not happen within {Patience.TotalMinutes} minutes: {what}.");
    }
}
