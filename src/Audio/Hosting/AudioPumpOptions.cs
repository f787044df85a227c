namespace RtcEnhance.Audio;

/// <summary>How an <see cref="AudioPump"/> delivers. Read once, when the pump is made. Thread-safe: immutable.</summary>
public sealed class AudioPumpOptions
{
    /// <summary>Samples per channel in a block.</summary>
    /// <value>0: 20 ms; else 1 ms to 1 s of the source's rate.</value>
    public int BlockSamples { get; init; }

    /// <summary>
    /// How late a block may be for the pump to catch up by delivering blocks back to back. Beyond it, those whose time is
    /// over are skipped and never pulled.
    /// </summary>
    /// <value>200 ms; 0 to 10 s.</value>
    public TimeSpan MaxCatchUp { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Whether blocks are delivered by a thread of the pump's own; without one the host calls
    /// <see cref="AudioPump.RunStep"/>, on a virtual clock for example.
    /// </summary>
    /// <value>True.</value>
    public bool OwnThread { get; init; } = true;

    /// <summary>The clock.</summary>
    /// <value>The system's.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of a source or a handler that throws.</summary>
    /// <value>Null: nobody.</value>
    public PipelineObserver? Observer { get; init; }

    internal void Validate(AudioFormat format)
    {
        ArgumentNullException.ThrowIfNull(Time);
        if (BlockSamples != 0 && (BlockSamples < format.SampleRateHz / 1000 || BlockSamples > format.SampleRateHz))
        {
            throw new ArgumentException(
                $"A block at {format.SampleRateHz} Hz has {format.SampleRateHz / 1000} to {format.SampleRateHz} samples, not {nameof(BlockSamples)} {BlockSamples}.");
        }

        if (MaxCatchUp < TimeSpan.Zero || MaxCatchUp > TimeSpan.FromSeconds(10))
            throw new ArgumentException($"A pump catches up 0 to 10 s, not {nameof(MaxCatchUp)} {MaxCatchUp}.");
    }
}
