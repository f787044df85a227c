using System.Buffers.Binary;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>Mono 16-bit clips: read through the ffmpeg executable, written as WAV.</summary>
internal static class PcmFile
{
    internal static float[] Read(string path, int rate)
    {
        byte[] bytes = ExternalCommand.Run("ffmpeg", ["-v", "error", "-i", path, "-f", "s16le", "-ac", "1", "-ar", $"{rate}", "-"]);
        var samples = new float[bytes.Length / 2];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(2 * i)) / 32768f;
        return samples;
    }

    internal static void WriteWav(string path, float[] samples, int rate)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new BinaryWriter(File.Create(path));
        int size = 2 * samples.Length;
        writer.Write("RIFF"u8);
        writer.Write(36 + size);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(rate);
        writer.Write(2 * rate);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(size);
        foreach (float sample in samples)
            writer.Write((short)Math.Clamp(MathF.Round(sample * 32768), short.MinValue, short.MaxValue));
    }
}
