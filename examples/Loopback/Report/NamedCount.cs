namespace RtcEnhance.Loopback.Report;

/// <summary>A count under a name, such as a reason code and how often it was given. Thread-safe.</summary>
/// <param name="Name">What was counted.</param>
/// <param name="Count">How often.</param>
public sealed record NamedCount(string Name, long Count);
