namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>One method over all clips: means, and paired differences from plain resampling. Thread-safe.</summary>
/// <param name="Method">plain, classical or a peer's name.</param>
/// <param name="Clips">Clips counted.</param>
/// <param name="LsdFull">Mean over 0 to 24 kHz.</param>
/// <param name="Lsd4To8">Mean over 4 to 8 kHz.</param>
/// <param name="Lsd8To15">Mean over 8 to 15 kHz.</param>
/// <param name="Lsd4To8Gain">Mean difference from plain resampling, 4 to 8 kHz; negative is better.</param>
/// <param name="Lsd4To8GainCi95">Half the 95 % confidence interval of that difference.</param>
/// <param name="Lsd8To15Gain">Mean difference from plain resampling, 8 to 15 kHz; negative is better.</param>
/// <param name="Lsd8To15GainCi95">Half the 95 % confidence interval of that difference.</param>
/// <param name="WorstLowBandSnrDb">The lowest of the clips.</param>
/// <param name="QuietExcessDb">Mean of the clips.</param>
/// <param name="MicrosecondsPerBlock">The lowest of the clips; null for a peer.</param>
public sealed record BweMethodSummary(
    string Method,
    int Clips,
    double LsdFull,
    double Lsd4To8,
    double Lsd8To15,
    double Lsd4To8Gain,
    double Lsd4To8GainCi95,
    double Lsd8To15Gain,
    double Lsd8To15GainCi95,
    double WorstLowBandSnrDb,
    double QuietExcessDb,
    double? MicrosecondsPerBlock);
