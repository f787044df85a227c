namespace RtcEnhance.Browser.Scoring;

/// <summary>Our receiver at one setting, on the packets of a call.</summary>
/// <param name="Quantile">Share of the half seconds in which it waits for every packet.</param>
/// <param name="MinimumDelayMs">Floor of its target.</param>
/// <param name="DelayMs">Its delay.</param>
/// <param name="ConcealedPercent">Its concealed share.</param>
internal sealed record SweepPoint(double Quantile, int MinimumDelayMs, double DelayMs, double ConcealedPercent);
