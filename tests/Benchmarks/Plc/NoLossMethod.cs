using RtcEnhance.Audio;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>The call as it would be had nothing been lost: what no concealment can be asked to exceed. Thread-safe.</summary>
internal sealed class NoLossMethod(int rateHz) : PlcMethod("no loss")
{
    public override float[] Conceal(PlcClip clip, bool[] lost, string scratch)
        => rateHz == PlcBenchmark.RateHz ? clip.Samples : Resampler.Convert(clip.Samples, rateHz, PlcBenchmark.RateHz);
}
