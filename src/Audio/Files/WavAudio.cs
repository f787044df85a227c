namespace RtcEnhance.Audio;

/// <summary>The samples of one WAV file. Thread-safe.</summary>
/// <param name="Samples">Interleaved samples, full scale is 1; float files may exceed it.</param>
/// <param name="SampleRateHz">Samples per second and channel; a file may have rates that a stream may not.</param>
/// <param name="Channels">Number of interleaved channels.</param>
/// <param name="IsTruncated">The file ends before its data chunk does; the samples are those that are there.</param>
public sealed record WavAudio(float[] Samples, int SampleRateHz, int Channels, bool IsTruncated = false)
{
    /// <summary>Samples per channel.</summary>
    public int SampleCount => Samples.Length / Channels;
}
