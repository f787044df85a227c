namespace RtcEnhance.Browser;

/// <summary>A call that is to be made.</summary>
/// <param name="Name">What is said of it.</param>
/// <param name="RunAsync">Makes it.</param>
internal sealed record PlannedCall(string Name, Func<CancellationToken, Task<CallResult>> RunAsync);
