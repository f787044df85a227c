using System.Diagnostics;
using RtcEnhance.Audio;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>Times the calls of another stage, and keeps the shortest of several runs over the same clip. One thread at a time.</summary>
internal sealed class TimedStage : IStage<ConcealmentJob>
{
    private readonly List<PlcCall> _kinds = [];
    private readonly List<long> _ticks = [];
    private IStage<ConcealmentJob>? _inner;
    private int _call;

    public string Name => "timed";

    public IReadOnlyList<PlcCall> Kinds => _kinds;

    public IReadOnlyList<long> Ticks => _ticks;

    /// <summary>Begins a run over the clip, with a stage that has heard nothing.</summary>
    public void Begin(IStage<ConcealmentJob> inner)
    {
        _inner = inner;
        _call = 0;
    }

    public void Process(scoped ref ConcealmentJob job)
    {
        bool goesOn = _call > 0 && _kinds[_call - 1] is PlcCall.FirstLost or PlcCall.Lost;
        PlcCall kind = job.IsMerge ? PlcCall.Merge : goesOn ? PlcCall.Lost : PlcCall.FirstLost;
        long start = Stopwatch.GetTimestamp();
        _inner!.Process(ref job);
        Note(kind, Stopwatch.GetTimestamp() - start);
    }

    public void Observe(scoped in ConcealmentJob job)
    {
        long start = Stopwatch.GetTimestamp();
        _inner!.Observe(in job);
        Note(PlcCall.Received, Stopwatch.GetTimestamp() - start);
    }

    public void Reset() => _inner!.Reset();

    private void Note(PlcCall kind, long ticks)
    {
        if (_call == _kinds.Count)
        {
            _kinds.Add(kind);
            _ticks.Add(ticks);
        }
        else
        {
            _ticks[_call] = Math.Min(_ticks[_call], ticks);
        }

        _call++;
    }
}
