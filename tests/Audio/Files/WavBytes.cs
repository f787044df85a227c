using System.Buffers.Binary;
using System.Text;

namespace RtcEnhance.Audio.Tests.Files;

/// <summary>Builds WAV files chunk by chunk, so that tests do not rest on the writer.</summary>
internal static class WavBytes
{
    public static byte[] File(byte[] format, byte[] data) => File([format, Chunk("data", data)]);

    public static byte[] File(params byte[][] chunks)
    {
        var body = chunks.SelectMany(chunk => chunk).ToArray();
        return [.. "RIFF"u8, .. UInt32(4 + body.Length), .. "WAVE"u8, .. body];
    }

    public static byte[] Chunk(string id, byte[] content) =>
        [.. Encoding.ASCII.GetBytes(id), .. UInt32(content.Length), .. content, .. new byte[content.Length & 1]];

    public static byte[] Format(int tag, int channels, int rate, int bits) => Chunk("fmt ", Plain(tag, channels, rate, bits));

    public static byte[] Extensible(int subTag, int channels, int rate, int bits) => Chunk(
        "fmt ",
        [
            .. Plain(0xFFFE, channels, rate, bits),
            .. UInt16(22), .. UInt16(bits), .. UInt32(0),
            .. UInt16(subTag), .. new byte[] { 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71 },
        ]);

    private static byte[] Plain(int tag, int channels, int rate, int bits)
    {
        var frame = channels * bits / 8;
        return [.. UInt16(tag), .. UInt16(channels), .. UInt32(rate), .. UInt32(rate * frame), .. UInt16(frame), .. UInt16(bits)];
    }

    private static byte[] UInt16(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        return bytes;
    }

    private static byte[] UInt32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
