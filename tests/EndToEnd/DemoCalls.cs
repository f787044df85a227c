using RtcEnhance.Loopback;
using RtcEnhance.Loopback.Report;

namespace RtcEnhance.EndToEnd.Tests;

/// <summary>Short calls with loss, each made once however many tests look at it.</summary>
public sealed class DemoCalls : IDisposable
{
    private readonly Dictionary<string, (DemoReport Report, string Directory)> _calls = [];

    public (DemoReport Report, string Directory) Run(params string[] arguments)
    {
        string key = string.Join(' ', arguments);
        if (_calls.TryGetValue(key, out (DemoReport, string) call))
            return call;

        string directory = Directory.CreateTempSubdirectory("rtc-demo-").FullName;
        string[] all = ["--fast", "--seconds", "2.5", "--loss", "20", "--seed", "4", "--out", directory, .. arguments];
        return _calls[key] = (LoopbackVerb.Run(CallOptions.Parse(all), new NoProgress()), directory);
    }

    public void Dispose()
    {
        foreach ((_, string directory) in _calls.Values)
            Directory.Delete(directory, recursive: true);
    }

    private sealed class NoProgress : ICallProgress
    {
        public void Begin(string step)
        {
        }

        public void Report(double value)
        {
        }

        public void End()
        {
        }
    }
}
