namespace RtcEnhance.Loopback.Report;

/// <summary>A text under a name, such as a codec and its version. Thread-safe.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its text.</param>
public sealed record NamedValue(string Name, string Value);
