using System.Runtime.InteropServices;
using RtcEnhance.Loopback;

namespace RtcEnhance.Browser;

/// <summary>`rtc interop`, whatever hosts there are.</summary>
internal static class InteropProgram
{
    /// <summary>Runs the command line.</summary>
    /// <param name="args">Arguments after the verb.</param>
    /// <param name="others">Ways beside Janus.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, IReadOnlyList<ICallWay> others)
    {
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
            return await new InteropRun(InteropOptions.Parse(args), others).RunAsync(cancel.Token).ConfigureAwait(false);
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
    }
}
