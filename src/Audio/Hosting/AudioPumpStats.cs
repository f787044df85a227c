namespace RtcEnhance.Audio;

/// <summary>What an <see cref="AudioPump"/> has done so far: cumulative, never reset. Thread-safe: a value.</summary>
public readonly record struct AudioPumpStats
{
    /// <summary>Blocks delivered, faulty handlers included.</summary>
    public long DeliveredBlocks { get; internal init; }

    /// <summary>Blocks never pulled nor delivered, because the pump was further behind than it may catch up.</summary>
    public long SkippedBlocks { get; internal init; }

    /// <summary>Times that the source threw; the block was delivered as silence.</summary>
    public long SourceFaults { get; internal init; }

    /// <summary>Times that the handler threw.</summary>
    public long HandlerFaults { get; internal init; }

    /// <summary>Longest time from when a block was due to when it was pulled.</summary>
    public TimeSpan MaxLateness { get; internal init; }
}
