namespace RtcEnhance;

/// <summary>
/// A media file or trace is not what its format says; the message names the file, the place, what was expected there
/// and what was found. Thread-safe.
/// </summary>
public sealed class MediaFormatException : Exception
{
    /// <summary>An exception.</summary>
    /// <param name="message">File, place, expected and found.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public MediaFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Describes one fault of a binary file.</summary>
    /// <param name="file">Path or name of the file.</param>
    /// <param name="offset">Byte offset of the fault from the start of the file.</param>
    /// <param name="expected">What the format asks for at that offset.</param>
    /// <param name="found">What is there.</param>
    public MediaFormatException(string file, long offset, string expected, string found)
        : base($"{file}, byte {offset}: expected {expected}, found {found}.")
        => Offset = offset;

    /// <summary>Byte offset of the fault from the start of the file; -1 where the message alone names the place.</summary>
    public long Offset { get; } = -1;
}
