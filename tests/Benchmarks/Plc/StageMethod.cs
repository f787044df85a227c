using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>A stage over a 16 kHz recording, timed. One thread at a time.</summary>
internal sealed class StageMethod(string name, Func<AudioFormat, IStage<ConcealmentJob>> create) : PlcMethod(name)
{
    // Of so many runs the shortest time of each call counts: what else the machine does only ever adds.
    private const int Runs = 3;

    private static readonly AudioFormat Format = new(PlcBenchmark.RateHz);
    private readonly PlcCosts _costs = new();
    private bool _isWarm;

    public override PlcCosts Costs => _costs;

    public override float[] Conceal(PlcClip clip, bool[] lost, string scratch)
    {
        if (!_isWarm)
            ConcealmentRunner.Conceal(clip.Samples, Format, [.. lost.Select((_, i) => i % 4 == 3)], PlcBenchmark.PacketMs, create(Format));
        _isWarm = true;
        var timed = new TimedStage();
        float[] output = [];
        for (int run = 0; run < Runs; run++)
        {
            timed.Begin(create(Format));
            output = ConcealmentRunner.Conceal(clip.Samples, Format, lost, PlcBenchmark.PacketMs, timed);
        }

        _costs.Add(timed.Kinds, timed.Ticks);
        return output;
    }
}
