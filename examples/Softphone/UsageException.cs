namespace RtcEnhance.Softphone;

/// <summary>A command line or a script that cannot be carried out; the message is meant for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);
