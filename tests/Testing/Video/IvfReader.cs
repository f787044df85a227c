using System.Buffers.Binary;

namespace RtcEnhance.Testing;

/// <summary>Reads the frames of an IVF file. Thread-safe.</summary>
public static class IvfReader
{
    private const int FileHeaderBytes = 32;
    private const int FrameHeaderBytes = 12;

    /// <summary>The frames in order.</summary>
    /// <param name="file">The whole file; a frame cut off at the end is left out.</param>
    /// <returns>The frames.</returns>
    /// <exception cref="InvalidDataException">It is not an IVF file.</exception>
    public static IReadOnlyList<byte[]> ReadFrames(ReadOnlySpan<byte> file)
    {
        if (file.Length < FileHeaderBytes || !file.StartsWith("DKIF"u8))
            throw new InvalidDataException("An IVF file starts with DKIF and a header of 32 bytes.");
        var frames = new List<byte[]>();
        ReadOnlySpan<byte> rest = file[FileHeaderBytes..];
        while (rest.Length >= FrameHeaderBytes)
        {
            uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            if (bytes > rest.Length - FrameHeaderBytes)
                break;
            frames.Add(rest.Slice(FrameHeaderBytes, (int)bytes).ToArray());
            rest = rest[(FrameHeaderBytes + (int)bytes)..];
        }

        return frames;
    }
}
