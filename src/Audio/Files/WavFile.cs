namespace RtcEnhance.Audio;

/// <summary>
/// Reads and writes WAV files whole: RIFF WAVE with 8, 16, 24 or 32-bit PCM or 32-bit float samples, extensible headers
/// included (Microsoft Multimedia Standards Update 3.0). Thread-safe.
/// </summary>
/// <remarks>
/// 16-bit samples read and written again are the same bytes. Unknown chunks are skipped. A data chunk of 0 or 0xFFFFFFFF
/// bytes, as a pipe or a broken recording leaves it, reaches to the end of the file.
/// </remarks>
public static class WavFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <returns>Its samples; where the file ends inside them, those that are there.</returns>
    /// <exception cref="MediaFormatException">It is no WAV file, or one that ends before its samples, or in no known encoding.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WavAudio Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return new WavReader(stream, path).Read();
    }

    /// <summary>Reads a stream, which need not seek, from where it stands up to the end of its samples.</summary>
    /// <param name="stream">A readable stream; it stays open.</param>
    /// <returns>Its samples; where the stream ends inside them, those that are there.</returns>
    /// <exception cref="MediaFormatException">It is no WAV file, or one that ends before its samples, or in no known encoding.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static WavAudio Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new WavReader(stream, "WAV stream").Read();
    }

    /// <summary>Writes a file, in place of one that is there.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="samples">Interleaved samples, full scale is 1.</param>
    /// <param name="sampleRateHz">Samples per second and channel, at least 1.</param>
    /// <param name="channels">1 to 256 channels.</param>
    /// <param name="format">How the file holds the samples.</param>
    /// <exception cref="ArgumentException">The samples are not a whole number of frames of all channels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<float> samples, int sampleRateHz, int channels = 1, WavSampleFormat format = WavSampleFormat.Pcm16)
    {
        using var writer = new WavWriter(path, sampleRateHz, channels, format);
        writer.Write(samples);
    }
}
