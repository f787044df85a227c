namespace RtcEnhance.Browser.Scoring;

/// <summary>Our receiver at one setting, on the packets of a call.</summary>
/// <param name="Quantile">The setting.</param>
/// <param name="DelayMs">Its delay.</param>
/// <param name="ConcealedPercent">Its concealed share.</param>
internal sealed record SweepPoint(double Quantile, double DelayMs, double ConcealedPercent);
