using System.Runtime.InteropServices;

namespace RtcEnhance.Audio.Tests.Codecs;

/// <summary>Reads the vectors beside this file; Vectors/README.md says how they were made.</summary>
internal static class CodecVectors
{
    public static byte[] ReadBytes(string name)
    {
        using var stream = typeof(CodecVectors).Assembly.GetManifestResourceStream("Codecs/" + name)
            ?? throw new FileNotFoundException(name);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public static short[] ReadSamples(string name) => MemoryMarshal.Cast<byte, short>(ReadBytes(name)).ToArray();

    public static float[] ToFloat(ReadOnlySpan<short> samples)
    {
        var floats = new float[samples.Length];
        for (var i = 0; i < floats.Length; i++)
            floats[i] = samples[i] / 32768f;
        return floats;
    }

    public static short[] ToPcm16(ReadOnlySpan<float> samples)
    {
        var values = new short[samples.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = (short)Math.Clamp(Math.Round(samples[i] * 32768.0), short.MinValue, short.MaxValue);
        return values;
    }
}
