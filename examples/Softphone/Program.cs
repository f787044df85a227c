using System.Net.Sockets;
using System.Runtime.InteropServices;
using RtcEnhance;
using RtcEnhance.Softphone;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(PhoneOptions.Usage);
    return 0;
}

try
{
    PhoneOptions options = PhoneOptions.Parse(args);
    TextReader? script = options.ScriptPath switch
    {
        null => null,
        "-" => Console.In,
        string path => new StringReader(File.ReadAllText(path)),
    };
    if (script is null && Console.IsInputRedirected)
        throw new UsageException("there is no keyboard; --script - reads keys from standard input.");

    using var stop = new CancellationTokenSource();
    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stop.Cancel();
    }

    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    WarmUp.Run(options.Formats);
    using var phone = new Phone(options, Console.WriteLine);
    Console.WriteLine($"listening on {phone.Local}");
    var commands = new CommandLoop(phone, options, Console.WriteLine);
    if (options.Call is not null)
        commands.Call();
    try
    {
        await (script is null ? commands.RunKeyboardAsync(stop.Token) : commands.RunAsync(script, stop.Token));
    }
    catch (OperationCanceledException)
    {
        // Interrupted: the other side is told all the same.
    }
    finally
    {
        await phone.CloseAsync();
    }

    return 0;
}
catch (UsageException e)
{
    Console.Error.WriteLine($"softphone: {e.Message}");
    return 2;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or MediaFormatException or InvalidOperationException or DllNotFoundException)
{
    Console.Error.WriteLine($"softphone: {e.Message}");
    return 1;
}
