using System.Numerics;

namespace RtcEnhance.Audio;

/// <summary>
/// Shapes the carrier into the missing bands: a weighted sum of band-passes, whose weights change every 5 ms by a linear
/// cross-fade. Later by <see cref="ExtensionPlan.ShapingDelaySamples"/>. One thread at a time.
/// </summary>
internal sealed class UpperBandFilter
{
    private const int Memory = 2 * ExtensionPlan.ShapingDelaySamples;
    private const int Step = ExtensionPlan.StepSamples;

    private static readonly float[] Fade = [.. Enumerable.Range(1, Step).Select(n => n / (float)Step)];

    private float[] _now = new float[InnerProduct.PaddedLength(Memory + 1)];
    private float[] _next = new float[InnerProduct.PaddedLength(Memory + 1)];
    // [memory | step in hand]
    private readonly float[] _line = new float[Memory + Step];
    private readonly float[] _byNext = new float[Step];

    /// <summary>Where the next 5 ms of carrier are to be written before <see cref="Process"/>.</summary>
    public Span<float> Carrier => _line.AsSpan(Memory, Step);

    /// <summary>Writes 5 ms of upper band.</summary>
    /// <param name="plan">The band-passes.</param>
    /// <param name="gains">Weight of each band-pass at the end of these 5 ms.</param>
    /// <param name="output">240 samples.</param>
    public void Process(ExtensionPlan plan, ReadOnlySpan<float> gains, Span<float> output)
    {
        Array.Clear(_next);
        for (var band = 0; band < plan.BandFilters.Length; band++)
            AddScaled(plan.BandFilters[band], gains[plan.FirstBand + band], _next);
        SlidingProduct.Apply(_now.AsSpan(0, Memory + 1), _next.AsSpan(0, Memory + 1), _line, output, _byNext);
        // 240 samples are whole vectors of any width there is.
        for (var n = 0; n < Step; n += Vector<float>.Count)
        {
            var old = new Vector<float>(output[n..]);
            (old + new Vector<float>(Fade, n) * (new Vector<float>(_byNext, n) - old)).CopyTo(output[n..]);
        }

        (_now, _next) = (_next, _now);
        IsSilent = !gains.ContainsAnyExcept(0);
        _line.AsSpan(Step, Memory).CopyTo(_line);
    }

    /// <summary>True where nothing sounds until the next <see cref="Process"/>: the weights in force are zero.</summary>
    public bool IsSilent { get; private set; } = true;

    /// <summary>Forgets the carrier, and lets the next weights hold at once.</summary>
    public void Reset()
    {
        Array.Clear(_line);
        Array.Clear(_now);
        IsSilent = true;
    }

    private static void AddScaled(float[] filter, float gain, float[] sum)
    {
        var scale = new Vector<float>(gain);
        for (var i = 0; i < filter.Length; i += Vector<float>.Count)
            (new Vector<float>(sum, i) + scale * new Vector<float>(filter, i)).CopyTo(sum, i);
    }
}
