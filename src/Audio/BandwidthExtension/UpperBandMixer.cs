using System.Numerics;

namespace RtcEnhance.Audio;

/// <summary>
/// Adds an upper band to the low one: faded in after another stage and out on demand, held back below full scale. One
/// thread at a time.
/// </summary>
internal sealed class UpperBandMixer
{
    private const int Half = ExtensionPlan.StepSamples;

    private readonly OutputHandOver _handOver = new();
    private readonly PeakGain _peakGain = new();
    private float _fade = 1;

    /// <summary>Whether the upper band is added.</summary>
    public bool IsExtending { get; set; } = true;

    /// <summary>Writes a block: low band plus upper band, led over from the stage that made the one before.</summary>
    public void Mix(ReadOnlySpan<float> low, ReadOnlySpan<float> upper, Span<float> output)
    {
        if (_handOver.IsPending)
            _fade = 0;
        for (var half = 0; half < 2; half++)
            MixHalf(low.Slice(half * Half, Half), upper.Slice(half * Half, Half), output.Slice(half * Half, Half));
        if (_handOver.IsPending)
            _handOver.LeadOut(output);
    }

    /// <summary>Remembers the end of a block that another stage made.</summary>
    public void Observe(ReadOnlySpan<float> played, ReadOnlySpan<float> low) => _handOver.Observe(played, low);

    /// <summary>Forgets the stream.</summary>
    public void Reset()
    {
        _handOver.Reset();
        _peakGain.Reset();
        _fade = 1;
    }

    private void MixHalf(ReadOnlySpan<float> low, ReadOnlySpan<float> upper, Span<float> output)
    {
        _peakGain.Aim(low, upper);
        if (_peakGain.IsFull && IsExtending && _fade == 1)
        {
            // 240 samples are whole vectors of any width there is.
            for (var n = 0; n < Half; n += Vector<float>.Count)
                (new Vector<float>(low[n..]) + new Vector<float>(upper[n..])).CopyTo(output[n..]);
            return;
        }

        var fadeStep = (IsExtending ? 1f : -1f) / OutputHandOver.FadeSamples;
        for (var n = 0; n < Half; n++)
        {
            _fade = Math.Clamp(_fade + fadeStep, 0, 1);
            output[n] = low[n] + _fade * _peakGain.Next() * upper[n];
        }
    }
}
