namespace RtcEnhance.Audio;

/// <summary>
/// Port: audio that is pulled at the listener's pace. An <see cref="AudioReceiver"/> is one, and so is an
/// <see cref="AudioMixer"/>, so that mixers nest and an <see cref="AudioPump"/> takes either. One puller at a time.
/// </summary>
public interface IAudioSource
{
    /// <summary>Rate and channels of the samples; never changes.</summary>
    AudioFormat OutputFormat { get; }

    /// <summary>Fills the span with the samples that follow those of the last call; does not wait for any.</summary>
    /// <param name="samples">Whole frames, interleaved, [-1, 1]; every sample is written.</param>
    void GetAudio(Span<float> samples);
}
