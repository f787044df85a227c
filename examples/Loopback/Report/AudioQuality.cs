namespace RtcEnhance.Loopback.Report;

/// <summary>How close a received track is to the clip that was sent. Thread-safe.</summary>
/// <param name="Stoi">Short-time objective intelligibility (Taal 2011), 1 is perfect.</param>
/// <param name="Estoi">Extended STOI (Jensen 2016), 1 is perfect.</param>
/// <param name="Lsd">Log-spectral distance in decades of power, 0 is perfect.</param>
public sealed record AudioQuality(double Stoi, double Estoi, double Lsd);
