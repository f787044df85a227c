using System.Buffers.Binary;

namespace RtcEnhance.Loopback.Report.Media;

/// <summary>Writes mono 16-bit PCM WAV files. Thread-safe.</summary>
public static class WavWriter
{
    private const int HeaderBytes = 44;

    /// <summary>Encodes samples, clipping what exceeds full scale.</summary>
    /// <param name="samples">Samples in -1 to 1.</param>
    /// <param name="rate">Sample rate in Hz.</param>
    /// <returns>The file.</returns>
    public static byte[] Encode(ReadOnlySpan<float> samples, int rate)
    {
        var file = new byte[HeaderBytes + (samples.Length * 2)];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), rate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), 16);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), samples.Length * 2);
        for (var i = 0; i < samples.Length; i++)
        {
            var value = (short)Math.Clamp(MathF.Round(samples[i] * 32768), short.MinValue, short.MaxValue);
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(HeaderBytes + (i * 2)), value);
        }

        return file;
    }
}
