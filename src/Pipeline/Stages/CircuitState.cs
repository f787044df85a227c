namespace RtcEnhance;

/// <summary>Whether a stage's primary is in use.</summary>
public enum CircuitState
{
    /// <summary>The primary runs where it is predicted to fit.</summary>
    Closed,

    /// <summary>The primary overran or threw; it is left alone until the break ends.</summary>
    Open,

    /// <summary>The break is over and one job decides whether the primary comes back.</summary>
    HalfOpen,
}
