using System.Buffers.Binary;
using System.Globalization;

namespace RtcEnhance.Audio;

/// <summary>
/// Reads one WAV stream from front to back. No size in the file is believed: memory grows with the bytes that are there.
/// One thread at a time.
/// </summary>
internal sealed class WavReader(Stream stream, string name)
{
    private const int BufferBytes = 1 << 16;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private long _offset;
    private int _tag;
    private int _channels;
    private int _sampleRateHz;
    private int _sampleBytes;

    public WavAudio Read()
    {
        ReadHeader(12, "a RIFF header of 12 bytes");
        Expect("RIFF"u8, 0);
        Expect("WAVE"u8, 8);
        var riffEnd = 8L + BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(4));

        while (true)
        {
            ReadHeader(8, "a data chunk");
            var size = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(4));
            if (_buffer.AsSpan(0, 4).SequenceEqual("data"u8))
                return ReadData(size, riffEnd);
            if (_buffer.AsSpan(0, 4).SequenceEqual("fmt "u8))
                ReadFormat(size);
            else
                Skip(size + (size & 1L));
        }
    }

    private void ReadFormat(uint size)
    {
        var start = _offset;
        var known = (int)Math.Min(size, 40);
        if (known < 16)
            throw Fault(start - 4, "a format chunk of at least 16 bytes", $"{size} bytes");
        ReadHeader(known, $"a format chunk of {size} bytes");

        var format = _buffer.AsSpan(0, known);
        _tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        _channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        _sampleRateHz = BinaryPrimitives.ReadInt32LittleEndian(format[4..]);
        var frameBytes = BinaryPrimitives.ReadUInt16LittleEndian(format[12..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        if (_tag == WavHeader.ExtensibleTag)
            _tag = ReadSubFormat(format, start);

        if (_channels is < 1 or > WavHeader.MaxChannels)
            throw Fault(start + 2, $"1 to {WavHeader.MaxChannels} channels", Number(_channels));
        if (_sampleRateHz < 1)
            throw Fault(start + 4, "a positive sample rate", Number(_sampleRateHz));
        if (!IsKnown(_tag, bits))
            throw Fault(start, "PCM of 8, 16, 24 or 32 bits or float of 32 bits", $"format {_tag} of {bits} bits");
        _sampleBytes = bits / 8;
        if (frameBytes != _channels * _sampleBytes)
            throw Fault(start + 12, $"frames of {_channels * _sampleBytes} bytes", Number(frameBytes));

        Skip(size - known + (size & 1L));
    }

    private int ReadSubFormat(ReadOnlySpan<byte> format, long start)
    {
        if (format.Length < 40)
            throw Fault(start - 4, "an extensible format chunk of 40 bytes", $"{format.Length} bytes");
        if (!format[26..40].SequenceEqual(WavHeader.SubFormatTail))
            throw Fault(start + 26, "a sub-format that stands for a format tag", Convert.ToHexString(format[26..40]));
        return BinaryPrimitives.ReadUInt16LittleEndian(format[24..]);
    }

    private WavAudio ReadData(uint size, long riffEnd)
    {
        if (_sampleBytes == 0)
            throw Fault(_offset - 8, "a format chunk before the data chunk", "the data chunk");

        // A size of 0 was never put in where the RIFF header, too, says that nothing follows.
        var isStreamed = size == WavHeader.UnknownSize || (size == 0 && riffEnd <= _offset);
        var declared = isStreamed ? long.MaxValue : size;
        var frameBytes = _channels * _sampleBytes;
        var expected = stream.CanSeek ? Math.Max(0, Math.Min(declared, stream.Length - stream.Position)) : BufferBytes;
        var samples = new float[Math.Min(expected / frameBytes * _channels, Array.MaxLength)];
        long taken = 0;
        var count = 0;
        var chunkBytes = BufferBytes / frameBytes * frameBytes;
        while (taken < declared)
        {
            var wanted = (int)Math.Min(chunkBytes, declared - taken);
            var read = stream.ReadAtLeast(_buffer.AsSpan(0, wanted), wanted, throwOnEndOfStream: false);
            taken += read;
            var values = read / frameBytes * _channels;
            samples = Grown(samples, count, values);
            ToFloat(_buffer.AsSpan(0, values * _sampleBytes), samples.AsSpan(count, values));
            count += values;
            if (read < wanted)
                break;
        }

        if (count < samples.Length)
            Array.Resize(ref samples, count);
        return new WavAudio(samples, _sampleRateHz, _channels, IsTruncated: !isStreamed && taken < declared);
    }

    private float[] Grown(float[] samples, int count, int more)
    {
        var needed = (long)count + more;
        if (needed <= samples.Length)
            return samples;
        if (needed > Array.MaxLength)
            throw Fault(_offset, $"at most {Array.MaxLength} samples", "more");
        Array.Resize(ref samples, (int)Math.Min(Math.Max(needed, 2L * samples.Length), Array.MaxLength));
        return samples;
    }

    private void ToFloat(ReadOnlySpan<byte> bytes, Span<float> samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            var sample = bytes[(i * _sampleBytes)..];
            samples[i] = _sampleBytes switch
            {
                1 => (sample[0] - 128) / 128f,
                2 => Pcm16.ToFloat(BinaryPrimitives.ReadInt16LittleEndian(sample)),
                3 => ((sample[2] << 24) | (sample[1] << 16) | (sample[0] << 8)) / 2147483648f,
                _ when _tag == WavHeader.FloatTag => BinaryPrimitives.ReadSingleLittleEndian(sample),
                _ => BinaryPrimitives.ReadInt32LittleEndian(sample) / 2147483648f,
            };
        }
    }

    private static bool IsKnown(int tag, int bits) => tag switch
    {
        WavHeader.PcmTag => bits is 8 or 16 or 24 or 32,
        WavHeader.FloatTag => bits == 32,
        _ => false,
    };

    private void Expect(ReadOnlySpan<byte> id, int at)
    {
        var found = _buffer.AsSpan(at, 4);
        if (!found.SequenceEqual(id))
            throw Fault(at, $"\"{System.Text.Encoding.ASCII.GetString(id)}\"", $"0x{Convert.ToHexString(found)}");
    }

    private void ReadHeader(int bytes, string expected)
    {
        var read = stream.ReadAtLeast(_buffer.AsSpan(0, bytes), bytes, throwOnEndOfStream: false);
        if (read < bytes)
            throw Fault(_offset, expected, $"the end after {read} bytes");
        _offset += bytes;
    }

    private void Skip(long bytes)
    {
        var left = bytes;
        while (left > 0)
        {
            var read = stream.Read(_buffer, 0, (int)Math.Min(left, BufferBytes));
            if (read == 0)
                throw Fault(_offset, $"a chunk of {bytes} bytes and then a data chunk", $"the end after {bytes - left} bytes");
            left -= read;
        }

        _offset += bytes;
    }

    private MediaFormatException Fault(long offset, string expected, string found) => new(name, offset, expected, found);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
