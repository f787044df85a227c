namespace RtcEnhance.Loopback.Report;

/// <summary>A mono track to listen to. Thread-safe while nobody writes to the samples.</summary>
public sealed class AudioTrack
{
    /// <summary>What the listener is told it is, for example <c>RtcEnhance</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Samples in -1 to 1, aligned in time with the other tracks: what the plots show.</summary>
    public required float[] Samples { get; init; }

    /// <summary>What is heard, where that is not exactly aligned because its delay changed; else null.</summary>
    public float[]? Heard { get; init; }

    /// <summary>Sample rate in Hz.</summary>
    public required int Rate { get; init; }

    /// <summary>Length in seconds.</summary>
    public double Seconds => (double)Samples.Length / Rate;
}
