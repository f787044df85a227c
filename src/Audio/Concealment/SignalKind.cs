namespace RtcEnhance.Audio;

/// <summary>What a lost stretch is taken to have belonged to.</summary>
internal enum SignalKind
{
    /// <summary>Voice, and whatever is not clearly something else.</summary>
    Speech,

    /// <summary>Several sustained notes.</summary>
    Music,

    /// <summary>Steady, without pitch.</summary>
    Noise,

    /// <summary>Few steady partials: signalling, ringing.</summary>
    Tone,
}
