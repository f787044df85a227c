using System.Diagnostics;
using System.Text.Json;
using RtcEnhance.Browser.Browsers;
using RtcEnhance.Browser.Janus;
using RtcEnhance.Browser.Media;
using RtcEnhance.Browser.Reporting;
using RtcEnhance.Browser.Scoring;
using RtcEnhance.Loopback;

namespace RtcEnhance.Browser;

/// <summary>All calls of a run. One thread at a time.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="others">Ways beside Janus.</param>
internal sealed class InteropRun(InteropOptions options, IReadOnlyList<ICallWay> others)
{
    private const int MostAttempts = 2;

    // A cold browser on a slow machine.
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromMinutes(3);

    private readonly Checks _checks = new();
    private readonly List<CallResult> _calls = [];
    private readonly Stopwatch _running = Stopwatch.StartNew();

    /// <summary>Makes the calls and prints the total.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        string work = Path.Combine(Path.GetFullPath(options.OutputDirectory), "work");
        Directory.CreateDirectory(work);
        string janusVersion = JanusServer.FindVersion() ?? throw new UsageException("janus is not installed.");
        Console.WriteLine($"janus {janusVersion}");
        using TestMedia media = TestMedia.Prepare(Path.Combine(work, "media"));
        var pictures = new PictureMatch(media.Clip);
        using JanusServer janus = await JanusServer.StartAsync(work, options.NetworkInterface ?? NetworkInterfaces.Default(), cancel).ConfigureAwait(false);
        foreach (BrowserKind kind in options.Browsers)
        {
            string version = BrowserProcess.FindVersion(kind) ?? throw new UsageException($"{kind.ToString().ToLowerInvariant()} is not installed.");
            Console.WriteLine(version);
            using var log = new StreamWriter(Path.Combine(work, $"{kind.ToString().ToLowerInvariant()}-page.log")) { AutoFlush = true };
            using var page = new PageServer(media.Directory, line =>
            {
                lock (log)
                    log.WriteLine(line);
            });
            using BrowserProcess browser = BrowserProcess.Start(kind, page.Address, media, work);
            await page.Opened.WaitAsync(OpenTimeout, cancel).ConfigureAwait(false);
            var setting = new CallSetting(options, kind, version, browser, page, media, pictures);
            foreach (ICallWay way in others.Prepend(new JanusWay(janus)))
            {
                await foreach (PlannedCall call in way.PlanAsync(setting).WithCancellation(cancel).ConfigureAwait(false))
                    await RunCallAsync($"{kind}, {call.Name}", () => call.RunAsync(cancel)).ConfigureAwait(false);
            }
        }

        ResultTable.Print(_calls, Console.Out);
        await WriteAsync(cancel).ConfigureAwait(false);
        Console.WriteLine($"{_checks.Passed} passed, {_checks.Failed} failed");
        return _checks.Failed == 0 ? 0 : 1;
    }

    // A browser on a busy machine now and then does not get a call set up; a call that was made is judged as it is.
    private async Task RunCallAsync(string name, Func<Task<CallResult>> run)
    {
        for (int attempt = 1; ; attempt++)
        {
            Console.WriteLine($"== {name}, {_running.Elapsed.TotalSeconds:0} s");
            try
            {
                CallResult call = await run().ConfigureAwait(false);
                _calls.Add(call);
                CallChecks.Run(call, _checks);
                return;
            }
            catch (Exception e) when (e is InvalidOperationException or TimeoutException or HttpRequestException or JsonException)
            {
                if (attempt == MostAttempts)
                {
                    _checks.Add("the call", false, e.Message);
                    return;
                }

                Console.WriteLine($"  broke off, tried once more: {e.Message}");
            }
        }
    }

    private async Task WriteAsync(CancellationToken cancel)
    {
        foreach (CallResult call in _calls)
        {
            string path = Path.Combine(options.OutputDirectory, FormattableString.Invariant($"{call.Name}.json"));
            await File.WriteAllTextAsync(path, JsonSerializer.Serialize(call, InteropJson.Default.CallResult), cancel).ConfigureAwait(false);
        }
    }
}
