using System.Diagnostics;
using RtcEnhance.ConferenceView;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Streams;

/// <summary>
/// Where the time of a stream's frames went: until the first upscaler began, into bands of rows, and into pauses, in which
/// the machine ran something else. Stands around all upscalers of a stream. Thread-safe; read when no frame is under way.
/// </summary>
internal sealed class FrameTrace
{
    // Shorter ones are the measurement's.
    private const double LeastPauseMs = 0.3;

    private readonly List<Band> _bands = new(1 << 18);

    /// <summary>Stands around an upscaler.</summary>
    public IStage<SuperResolutionJob> Decorate(UpscaleMethod method, IStage<SuperResolutionJob> upscaler) => new Traced(this, method, upscaler);

    /// <summary>In words, what took a frame so long.</summary>
    /// <param name="frame">The frame.</param>
    public string Describe(ShownFrame frame)
    {
        // Trials follow a frame once it is shown: they are not part of it.
        long shownAt = frame.ShownAt;
        long submittedAt = shownAt - (long)(frame.DelayMs / 1000 * Stopwatch.Frequency);
        Band[] bands = [.. _bands.Where(band => band.Began >= submittedAt && band.Ended <= shownAt)];
        if (bands.Length == 0)
            return "no upscaler ran";
        var parts = new List<string> { $"begun {Ms(submittedAt, bands[0].Began):0.0}" };
        foreach (var run in bands.Where(band => band.EndRow > 0).GroupBy(band => band.Method))
        {
            double wall = run.Sum(band => Ms(band.Began, band.Ended));
            string pauses = string.Join(" + ", run.Where(band => band.PauseMs > LeastPauseMs).Select(band => FormattableString.Invariant($"{band.PauseMs:0.0}")));
            parts.Add(FormattableString.Invariant($"{run.Key} to row {run.Max(band => band.EndRow)} {wall:0.0}{(pauses.Length > 0 ? $" (away {pauses})" : "")}"));
        }

        parts.Add($"rest {Ms(bands[^1].Ended, shownAt):0.0}");
        return string.Join(", ", parts);
    }

    private void Add(Band band)
    {
        lock (_bands)
            _bands.Add(band);
    }

    private static double Ms(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;

    private readonly record struct Band(UpscaleMethod Method, int EndRow, long Began, long Ended, double PauseMs);

    private sealed class Traced(FrameTrace trace, UpscaleMethod method, IStage<SuperResolutionJob> inner) : IStage<SuperResolutionJob>, IRowBandUpscaler, IDisposable
    {
        public string Name => inner.Name;

        public void Process(scoped ref SuperResolutionJob job)
        {
            var span = Span.Begin();
            inner.Process(ref job);
            trace.Add(span.End(method, job.Target.Height));
        }

        public void Begin(scoped ref SuperResolutionJob job)
        {
            var span = Span.Begin();
            ((IRowBandUpscaler)inner).Begin(ref job);
            trace.Add(span.End(method, 0));
        }

        public void ProcessRows(scoped ref SuperResolutionJob job, int firstRow, int endRow)
        {
            var span = Span.Begin();
            ((IRowBandUpscaler)inner).ProcessRows(ref job, firstRow, endRow);
            trace.Add(span.End(method, endRow));
        }

        public void Observe(scoped in SuperResolutionJob job) => inner.Observe(in job);

        public void Reset() => inner.Reset();

        public void Dispose() => (inner as IDisposable)?.Dispose();
    }

    private readonly record struct Span(long Began, double CpuMs)
    {
        public static Span Begin() => new(Stopwatch.GetTimestamp(), ThreadTime.Milliseconds);

        public Band End(UpscaleMethod method, int endRow)
        {
            double cpu = ThreadTime.Milliseconds - CpuMs;
            long ended = Stopwatch.GetTimestamp();
            return new Band(method, endRow, Began, ended, Ms(Began, ended) - cpu);
        }
    }
}
