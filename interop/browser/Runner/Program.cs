using RtcEnhance.Browser;
using RtcEnhance.Loopback;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(InteropOptions.Usage);
    return 0;
}

using var cancel = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    cancel.Cancel();
};
try
{
    return await new InteropRun(InteropOptions.Parse(args)).RunAsync(cancel.Token).ConfigureAwait(false);
}
catch (UsageException e)
{
    Console.Error.WriteLine($"rtc interop: {e.Message}");
    return 2;
}
catch (Exception e) when (e is InvalidOperationException or TimeoutException or IOException or OperationCanceledException)
{
    Console.Error.WriteLine($"rtc interop: {e.Message}");
    return 1;
}
