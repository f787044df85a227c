namespace RtcEnhance;

/// <summary>
/// A media file or trace is not what its format says; the message names the file, the place, what was expected and what
/// was found. Thread-safe.
/// </summary>
public sealed class MediaFormatException : Exception
{
    /// <summary>An exception without a message.</summary>
    public MediaFormatException()
    {
    }

    /// <summary>An exception.</summary>
    /// <param name="message">File, place, expected and found.</param>
    public MediaFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with its cause.</summary>
    /// <param name="message">File, place, expected and found.</param>
    /// <param name="innerException">The cause.</param>
    public MediaFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
