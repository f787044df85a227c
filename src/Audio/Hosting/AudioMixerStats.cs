namespace RtcEnhance.Audio;

/// <summary>What an <see cref="AudioMixer"/> has done so far: cumulative, never reset. Thread-safe: a value.</summary>
public readonly record struct AudioMixerStats
{
    /// <summary>Blocks of 10 ms mixed.</summary>
    public long MixedBlocks { get; internal init; }

    /// <summary>Those of them that the limiter held below full scale.</summary>
    public long LimitedBlocks { get; internal init; }
}
