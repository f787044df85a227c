using System.Globalization;
using RtcEnhance.SipSorcery.Tests.Benchmarks;

// dotnet run -c Release --project tests/SipSorcery -- handler [SECONDS] | calls [CALLS [ATTACHMENTS]]
int Number(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;

switch (args.FirstOrDefault())
{
    case "handler":
        return HandlerBenchmark.Run(seconds: Number(1, 60)) ? 0 : 1;
    case "calls":
        return CallsBenchmark.Run(calls: Number(1, 50), attachments: Number(2, 1000)) ? 0 : 1;
    default:
        Console.Error.WriteLine("handler [SECONDS]: how long the adapter holds SIPSorcery's socket callback, all stages on");
        Console.Error.WriteLine("calls [CALLS [ATTACHMENTS]]: what calls and attachments leave behind, beside SIPSorcery alone");
        return 2;
}
