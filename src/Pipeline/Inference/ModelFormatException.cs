namespace RtcEnhance;

/// <summary>
/// A model file cannot be used; the message names the model, the tensor, node or property, what was expected there and
/// what was found. Thread-safe.
/// </summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>An exception.</summary>
    /// <param name="message">Model, part, expected and found.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ModelFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Describes one fault of a model.</summary>
    /// <param name="model">Path or name of the model.</param>
    /// <param name="part">The tensor, node or property.</param>
    /// <param name="expected">What is asked for there.</param>
    /// <param name="found">What is there.</param>
    public ModelFormatException(string model, string part, string expected, string found)
        : base($"{model}, {part}: expected {expected}, found {found}.")
        => Part = part;

    /// <summary>The tensor, node or property at fault; empty where the message alone names it.</summary>
    public string Part { get; } = "";
}
