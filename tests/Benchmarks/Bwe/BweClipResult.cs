namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>One method on one clip. Thread-safe.</summary>
/// <param name="Condition">What became of the clip before.</param>
/// <param name="Clip">File name without its extension.</param>
/// <param name="Method">plain, classical, a network's or a peer's name.</param>
/// <param name="LsdFull">Log spectral distance over 0 to 24 kHz.</param>
/// <param name="Lsd4To8">Over 4 to 8 kHz.</param>
/// <param name="Lsd8To15">Over 8 to 15 kHz.</param>
/// <param name="LowBandSnrDb">Plain resampling against the output's difference from it, below 0.9 of the cut-off, dB.</param>
/// <param name="QuietExcessDb">Level from the cut-off to 15 kHz in the quietest tenth of the frames, over the original's, dB.</param>
internal sealed record BweClipResult(
    string Condition, string Clip, string Method, double LsdFull, double Lsd4To8, double Lsd8To15, double LowBandSnrDb, double QuietExcessDb)
{
    /// <summary>The voice: the name up to its last underscore.</summary>
    public string Speaker => Clip.LastIndexOf('_') is > 0 and var end ? Clip[..end] : Clip;
}
