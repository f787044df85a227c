namespace RtcEnhance.Audio;

/// <summary>What a 10 ms block of output is made from; the names are NetEq's.</summary>
public enum PlayoutOperation
{
    /// <summary>Nothing was received yet.</summary>
    Silence,

    /// <summary>Received samples.</summary>
    Normal,

    /// <summary>Received samples, some pitch periods of them left out because the delay is longer than its target.</summary>
    Accelerate,

    /// <summary>Received samples, a pitch period of them played twice because the delay is shorter than its target.</summary>
    PreemptiveExpand,

    /// <summary>A concealed block.</summary>
    Expand,

    /// <summary>The first received samples after a concealment.</summary>
    Merge,

    /// <summary>The sender is silent and said so: comfort noise, no loss.</summary>
    ComfortNoise,
}
