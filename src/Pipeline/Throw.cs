using System.Diagnostics.CodeAnalysis;

namespace RtcEnhance;

/// <summary>Throw helpers: keep the throwing path out of the callers' code. Thread-safe.</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static void OutOfRange<T>(string parameter, T value, string rule)
        => throw new ArgumentOutOfRangeException(parameter, value, rule);

    [DoesNotReturn]
    public static void InvalidOptions(string type, string faults)
        => throw new ArgumentException($"{type} is invalid: {faults}");
}
