namespace RtcEnhance.Audio;

/// <summary>Pitch and voicing of a concealment from its begin on. One thread at a time.</summary>
internal sealed class PitchTrack(int sampleRateHz)
{
    // Correlation below which a signal counts as noise and above which as purely periodic.
    private const float Unvoiced = 0.4f;
    private const float Voiced = 0.8f;

    // The periodic part gives way to noise slowly, and the pitch falls as it does at the end of a phrase: a cycle
    // repeated exactly sounds like a machine.
    private const float VoicingPerBlock = 0.995f;
    private const float LagGrowthPerBlock = 0.02f;

    private float _lag;

    /// <summary>Finds periods.</summary>
    internal PitchSearch Search { get; } = new(sampleRateHz);

    /// <summary>The period in samples.</summary>
    internal int Lag => (int)_lag;

    /// <summary>0 (noise) to 1 (periodic).</summary>
    internal float Voicing { get; private set; }

    /// <summary>How alike the last cycles of the past are, 0 to 1.</summary>
    internal float Correlation { get; private set; }

    /// <summary>Finds both at the end of a signal: a loss begins.</summary>
    internal void Begin(ReadOnlySpan<float> history)
    {
        (int lag, Correlation) = Search.Find(history);
        _lag = lag;
        float x = Math.Clamp((Correlation - Unvoiced) / (Voiced - Unvoiced), 0, 1);
        Voicing = x * x * (3 - 2 * x);
    }

    /// <summary>Moves on to the next block.</summary>
    internal void Lengthen() => _lag = Math.Min(_lag * (1 + LagGrowthPerBlock), Search.MaxLag);

    /// <summary>A block has been made.</summary>
    internal void Weaken() => Voicing *= VoicingPerBlock;
}
