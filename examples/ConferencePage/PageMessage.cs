namespace RtcEnhance.ConferencePage;

/// <summary>What the page says. Thread-safe: immutable.</summary>
internal sealed record PageMessage(string? Type, string? Sdp = null, double Sound = -1, double Pictures = -1);
