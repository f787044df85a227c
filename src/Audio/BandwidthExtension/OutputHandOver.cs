namespace RtcEnhance.Audio;

/// <summary>
/// Leads out of another stage's output: remembers by how much it last differed from the plain low band and lets that
/// difference die away, mirrored in time, over 5 ms. One thread at a time.
/// </summary>
internal sealed class OutputHandOver
{
    /// <summary>Length of a cross-fade: 5 ms at 48 kHz.</summary>
    public const int FadeSamples = DelayedUpsampler.BlockSamples / 2;

    private readonly float[] _difference = new float[FadeSamples];

    /// <summary>True from <see cref="Observe"/> to the next <see cref="LeadOut"/>.</summary>
    public bool IsPending { get; private set; }

    /// <summary>Remembers the end of a block that another stage made.</summary>
    /// <param name="played">The block as played.</param>
    /// <param name="low">The same block's low band alone.</param>
    public void Observe(ReadOnlySpan<float> played, ReadOnlySpan<float> low)
    {
        var end = low.Length - FadeSamples;
        for (var i = 0; i < FadeSamples; i++)
            _difference[i] = played[end + i] - low[end + i];
        IsPending = true;
    }

    /// <summary>Adds what is left of the other stage's difference to the block that follows it.</summary>
    public void LeadOut(Span<float> output)
    {
        for (var i = 0; i < FadeSamples; i++)
            output[i] += _difference[FadeSamples - 1 - i] * (1 - (i + 1f) / FadeSamples);
        IsPending = false;
    }

    /// <summary>Forgets what was observed.</summary>
    public void Reset() => IsPending = false;
}
