namespace RtcEnhance.Loopback.Report;

/// <summary>What made the report, enough to make it again. Thread-safe.</summary>
public sealed record RunFigures
{
    /// <summary>The command as it was typed.</summary>
    public required string CommandLine { get; init; }

    /// <summary>Seed of every random choice of the run.</summary>
    public required long Seed { get; init; }

    /// <summary>True on the virtual clock, false in real time over sockets.</summary>
    public required bool VirtualClock { get; init; }

    /// <summary>Length of the call in seconds.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>Processor, cores and runtime, in words.</summary>
    public required string Machine { get; init; }

    /// <summary>Codecs and tools with their versions.</summary>
    public required IReadOnlyList<NamedValue> Software { get; init; }

    /// <summary>Clips with their credit and licence.</summary>
    public required IReadOnlyList<NamedValue> Clips { get; init; }
}
