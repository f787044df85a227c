namespace RtcEnhance.Audio;

/// <summary>
/// How far an upper band is to stay back between words: full at the background's level, nothing once a voice rises above
/// it. What a room or a recording hisses above the cut-off cannot be told from what lies below it, and too much of it is
/// heard sooner than too little. One thread at a time.
/// </summary>
internal sealed class PauseRestraint
{
    // Bels per 5 ms by which the estimate of the background may climb.
    private const float Climb = 0.0015f;
    // Frames of a steady noise lie up to this far above the lowest of them.
    private const float Spread = 0.4f;

    private float _background = float.MaxValue;

    /// <summary>Takes in the level of another 5 ms.</summary>
    /// <param name="reference">Level of the bands just below the cut-off, bels.</param>
    /// <param name="most">How far to stay back at the background's level, bels.</param>
    /// <returns>How far to stay back: 0 to <paramref name="most"/>.</returns>
    public float Update(float reference, float most)
    {
        _background = Math.Min(reference, _background + Climb);
        return Math.Clamp(most + Spread - (reference - _background), 0, most);
    }

    /// <summary>Forgets the background.</summary>
    public void Reset() => _background = float.MaxValue;
}
