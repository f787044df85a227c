using System.Globalization;
using System.Net;
using RtcEnhance.ConferencePage;

const string Usage = """
    conference-page [PORT]: a page at http://127.0.0.1:PORT/ (8090) that calls this host. It shows what the host receives
    and what RtcEnhance makes of it side by side, lets you listen to both, and loses as many packets as you like.
    """;

int port = 8090;
if (args is ["--help" or "-h"])
{
    Console.WriteLine(Usage);
    return 0;
}

if (args.Length > 1 || (args.Length == 1 && !(int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65536)))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    stop.Cancel();
};
try
{
    using var server = new PageServer(port, Console.WriteLine);
    Console.WriteLine($"open http://127.0.0.1:{port}/ in Chromium");
    await server.RunAsync(stop.Token);
    return 0;
}
catch (HttpListenerException e)
{
    Console.Error.WriteLine($"conference-page: port {port}: {e.Message}");
    return 1;
}
