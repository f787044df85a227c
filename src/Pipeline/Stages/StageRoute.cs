namespace RtcEnhance;

/// <summary>Which of a stage's two implementations made the output.</summary>
public enum StageRoute
{
    /// <summary>The primary, usually a network.</summary>
    Primary,

    /// <summary>The classical fallback.</summary>
    Fallback,
}
