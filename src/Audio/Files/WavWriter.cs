using System.Buffers.Binary;

namespace RtcEnhance.Audio;

/// <summary>
/// Writes a WAV file piece by piece, without allocating. The header says "up to the end of the file" until
/// <see cref="Dispose"/> puts the sizes in, so that a recording cut short still reads. One thread at a time.
/// </summary>
public sealed class WavWriter : IDisposable
{
    private const int BufferBytes = 1 << 14;

    private readonly Stream _stream;
    private readonly bool _ownsStream;
    private readonly long _start;
    private readonly int _headerBytes;
    private readonly int _channels;
    private readonly WavSampleFormat _format;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private long _dataBytes;
    private bool _isDisposed;

    /// <summary>Creates a file, in place of one that is there, and writes its header.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="sampleRateHz">Samples per second and channel, at least 1.</param>
    /// <param name="channels">1 to 256 channels.</param>
    /// <param name="format">How the file holds the samples.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public WavWriter(string path, int sampleRateHz, int channels = 1, WavSampleFormat format = WavSampleFormat.Pcm16)
        : this(sampleRateHz, channels, format)
    {
        _stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _ownsStream = true;
        _headerBytes = WriteHeader(sampleRateHz);
    }

    /// <summary>Writes a header to a stream. Where it cannot seek, the sizes stay unknown.</summary>
    /// <param name="stream">A writable stream; it stays open.</param>
    /// <param name="sampleRateHz">Samples per second and channel, at least 1.</param>
    /// <param name="channels">1 to 256 channels.</param>
    /// <param name="format">How the stream holds the samples.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public WavWriter(Stream stream, int sampleRateHz, int channels = 1, WavSampleFormat format = WavSampleFormat.Pcm16)
        : this(sampleRateHz, channels, format)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _start = stream.CanSeek ? stream.Position : 0;
        _headerBytes = WriteHeader(sampleRateHz);
    }

    private WavWriter(int sampleRateHz, int channels, WavSampleFormat format)
    {
        if (sampleRateHz < 1)
            throw new ArgumentOutOfRangeException(nameof(sampleRateHz), sampleRateHz, "A sample rate is at least 1 Hz.");
        if (channels is < 1 or > WavHeader.MaxChannels)
            throw new ArgumentOutOfRangeException(nameof(channels), channels, $"A file has 1 to {WavHeader.MaxChannels} channels.");
        if (format is not (WavSampleFormat.Pcm16 or WavSampleFormat.IeeeFloat))
            throw new ArgumentOutOfRangeException(nameof(format), format, "The format is Pcm16 or IeeeFloat.");
        _channels = channels;
        _format = format;
        _stream = Stream.Null;
    }

    private int SampleBytes => _format == WavSampleFormat.Pcm16 ? sizeof(short) : sizeof(float);

    /// <summary>Appends samples.</summary>
    /// <param name="samples">Interleaved samples, full scale is 1.</param>
    /// <exception cref="ArgumentException">The samples are not a whole number of frames of all channels.</exception>
    /// <exception cref="ObjectDisposedException">The writer is disposed.</exception>
    /// <exception cref="IOException">The file cannot be written, or would pass the format's 4 GiB.</exception>
    public void Write(ReadOnlySpan<float> samples)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (samples.Length % _channels != 0)
            throw new ArgumentException($"{samples.Length} samples are no whole number of frames of {_channels} channels.", nameof(samples));
        var bytes = (long)samples.Length * SampleBytes;
        if (_headerBytes + _dataBytes + bytes > WavHeader.UnknownSize)
            throw new IOException($"A WAV file holds at most 4 GiB; {_dataBytes} bytes of samples are written, {bytes} more do not fit.");

        while (!samples.IsEmpty)
        {
            var count = Math.Min(samples.Length, BufferBytes / SampleBytes);
            _stream.Write(_buffer, 0, ToBytes(samples[..count]));
            samples = samples[count..];
        }

        _dataBytes += bytes;
    }

    /// <summary>Puts the sizes into the header and closes the file; a caller's stream stays open, at its end.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        try
        {
            if (_stream.CanSeek)
                PatchSizes();
        }
        finally
        {
            if (_ownsStream)
                _stream.Dispose();
        }
    }

    private int ToBytes(ReadOnlySpan<float> samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            if (_format == WavSampleFormat.Pcm16)
                BinaryPrimitives.WriteInt16LittleEndian(_buffer.AsSpan(2 * i), Pcm16.FromFloat(samples[i]));
            else
                BinaryPrimitives.WriteSingleLittleEndian(_buffer.AsSpan(4 * i), samples[i]);
        }

        return samples.Length * SampleBytes;
    }

    private int WriteHeader(int sampleRateHz)
    {
        // A float file says so in a longer format chunk and states its length in a fact chunk.
        var isFloat = _format == WavSampleFormat.IeeeFloat;
        var formatBytes = isFloat ? 18 : 16;
        var frameBytes = _channels * SampleBytes;
        var header = _buffer.AsSpan(0, 28 + formatBytes + (isFloat ? 12 : 0));
        header.Clear();
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], WavHeader.UnknownSize);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], formatBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], (ushort)(isFloat ? WavHeader.FloatTag : WavHeader.PcmTag));
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)_channels);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], sampleRateHz);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], (uint)Math.Min((long)sampleRateHz * frameBytes, uint.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], (ushort)frameBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], (ushort)(8 * SampleBytes));
        if (isFloat)
        {
            "fact"u8.CopyTo(header[38..]);
            BinaryPrimitives.WriteUInt32LittleEndian(header[42..], 4);
            BinaryPrimitives.WriteUInt32LittleEndian(header[46..], WavHeader.UnknownSize);
        }

        "data"u8.CopyTo(header[^8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[^4..], WavHeader.UnknownSize);
        _stream.Write(header);
        return header.Length;
    }

    private void PatchSizes()
    {
        Patch(4, _headerBytes - 8 + _dataBytes);
        if (_format == WavSampleFormat.IeeeFloat)
            Patch(46, _dataBytes / SampleBytes / _channels);
        Patch(_headerBytes - 4, _dataBytes);
        _stream.Position = _start + _headerBytes + _dataBytes;
    }

    private void Patch(int at, long value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer, (uint)value);
        _stream.Position = _start + at;
        _stream.Write(_buffer, 0, sizeof(uint));
    }
}
