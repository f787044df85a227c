using Xunit.Abstractions;
using Xunit.Sdk;

namespace RtcEnhance.EndToEnd.Tests.Publishing;

/// <summary>Prints a line between the results of a test run, whatever its verbosity. Thread-safe.</summary>
/// <param name="sink">Where the runner takes diagnostic messages.</param>
public sealed class ConsoleLine(IMessageSink sink)
{
    /// <summary>Prints it.</summary>
    /// <param name="line">The line.</param>
    public void Write(string line) => sink.OnMessage(new DiagnosticMessage(line));
}
