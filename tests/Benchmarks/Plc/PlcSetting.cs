namespace RtcEnhance.Benchmarks.Plc;

/// <summary>Clips, the methods that conceal them, and what the outcome is compared with.</summary>
/// <param name="Title">What it is, for a table's head.</param>
/// <param name="Clips">What is concealed.</param>
/// <param name="References">What each would be without loss, at 16 kHz.</param>
/// <param name="CreateMethods">Methods that have measured nothing yet; the first is the one that all are compared with.</param>
internal sealed record PlcSetting(string Title, IReadOnlyList<PlcClip> Clips, IReadOnlyList<float[]> References, Func<IReadOnlyList<PlcMethod>> CreateMethods);
