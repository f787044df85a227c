using System.Runtime.InteropServices;
using NAudio.Wave;
using RtcEnhance.Audio;

namespace RtcEnhance.NAudio;

/// <summary>
/// An AudioReceiver, a mixer or any other source as what NAudio plays and writes: 32-bit float samples that never end.
/// A device pulls it at its own pace, so that no clock drifts. As safe with threads as the source.
/// </summary>
public sealed class AudioSourceProvider : ISampleProvider, IWaveProvider
{
    private readonly IAudioSource _source;

    /// <summary>A provider of the source's rate and channels.</summary>
    /// <param name="source">The source; stays the caller's.</param>
    public AudioSourceProvider(IAudioSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        WaveFormat = WaveFormat.CreateIeeeFloatWaveFormat(source.OutputFormat.SampleRateHz, source.OutputFormat.Channels);
    }

    /// <summary>32-bit float at the source's rate and channels.</summary>
    public WaveFormat WaveFormat { get; }

    /// <summary>Fills the buffer with the whole frames that it holds, interleaved, [-1, 1].</summary>
    /// <param name="buffer">Where the samples go; less than a frame at its end is left as it is.</param>
    /// <returns>Samples written.</returns>
    public int Read(Span<float> buffer)
    {
        Span<float> frames = buffer[..(buffer.Length - (buffer.Length % WaveFormat.Channels))];
        _source.GetAudio(frames);
        return frames.Length;
    }

    /// <summary>Fills the buffer with the whole frames that it holds, as little-endian floats.</summary>
    /// <param name="buffer">Where the samples go; less than a frame at its end is left as it is.</param>
    /// <returns>Bytes written.</returns>
    public int Read(Span<byte> buffer) => Read(MemoryMarshal.Cast<byte, float>(buffer)) * sizeof(float);
}
