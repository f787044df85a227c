namespace RtcEnhance.Loopback;

/// <summary>A command line that cannot be carried out; the message is meant for the user.</summary>
public sealed class UsageException(string message) : Exception(message);
