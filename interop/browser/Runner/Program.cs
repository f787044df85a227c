using System.Runtime.InteropServices;
using RtcEnhance.Browser;
using RtcEnhance.Loopback;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(InteropOptions.Usage);
    return 0;
}

// Whatever was started ends before this does.
using var cancel = new CancellationTokenSource();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
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

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    cancel.Cancel();
}
