namespace RtcEnhance.Audio;

/// <summary>The two companding laws of ITU-T G.711. Thread-safe.</summary>
public enum G711Law
{
    /// <summary>Mu-law, RTP name PCMU, static payload type 0.</summary>
    MuLaw,

    /// <summary>A-law, RTP name PCMA, static payload type 8.</summary>
    ALaw,
}
