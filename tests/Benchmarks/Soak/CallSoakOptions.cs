using RtcEnhance.Benchmarks.Receiver;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>A long call. Thread-safe: immutable.</summary>
public sealed record CallSoakOptions
{
    /// <summary>Its name in tables.</summary>
    public required string Name { get; init; }

    /// <summary>Its codecs; the sender goes over to the next one, with another SSRC, every <see cref="PartDuration"/>.</summary>
    public required IReadOnlyList<CallCodec> Codecs { get; init; }

    /// <summary>Its length on the virtual clock; at least a minute.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long the sender stays with a codec.</summary>
    /// <value>Default: for ever.</value>
    public TimeSpan PartDuration { get; init; } = TimeSpan.FromDays(365);

    /// <summary>How fast the sender's clock runs against the receiver's.</summary>
    /// <value>Parts per million; default 0.</value>
    public double DriftPpm { get; init; }

    /// <summary>Samples at 48 kHz that the device pulls every 10 ms.</summary>
    /// <value>Default 480; others are a device whose clock is off.</value>
    public int PullSamples { get; init; } = 480;

    /// <summary>Whether the sender pauses, with comfort noise.</summary>
    public bool HasPauses { get; init; }

    /// <summary>Seed of the network.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>True where nothing else runs in the process, so that the heap is this call's.</summary>
    public bool MeasuresHeap { get; init; }
}
