using System.Buffers.Binary;

namespace RtcEnhance.Testing;

/// <summary>A capture file's bytes with its name and byte order. Thread-safe: immutable.</summary>
internal readonly struct CaptureBytes(string name, ReadOnlyMemory<byte> file, bool isBigEndian = true)
{
    public int Length => file.Length;

    public CaptureBytes WithByteOrder(bool isBigEndianNow) => new(name, file, isBigEndianNow);

    public ushort U16(int at)
        => isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(file.Span[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(file.Span[at..]);

    public uint U32(int at)
        => isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(file.Span[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(file.Span[at..]);

    public ReadOnlyMemory<byte> Slice(int at, int length) => file.Slice(at, length);

    /// <summary>Refuses a file that ends before <paramref name="end"/>.</summary>
    public void Require(int start, int end, string what)
    {
        if (file.Length < end)
            throw Fault(file.Length, $"{what} of {end - start} bytes", $"the end of the file after {Math.Max(0, file.Length - start)}");
    }

    public MediaFormatException Fault(int at, string expected, string found) => new(name, at, expected, found);
}
