namespace RtcEnhance;

/// <summary>
/// A media file is not what its format says; the message names the file, the byte offset, what was expected there and
/// what was found. Thread-safe.
/// </summary>
public sealed class MediaFormatException : Exception
{
    /// <summary>Describes one fault.</summary>
    /// <param name="file">Path or name of the file.</param>
    /// <param name="offset">Byte offset of the fault from the start of the file.</param>
    /// <param name="expected">What the format asks for at that offset.</param>
    /// <param name="found">What is there.</param>
    public MediaFormatException(string file, long offset, string expected, string found)
        : base($"{file}, byte {offset}: expected {expected}, found {found}.")
    {
        File = file;
        Offset = offset;
    }

    /// <summary>Path or name of the file.</summary>
    public string File { get; }

    /// <summary>Byte offset of the fault from the start of the file.</summary>
    public long Offset { get; }
}
