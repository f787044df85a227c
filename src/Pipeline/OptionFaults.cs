using System.Globalization;

namespace RtcEnhance;

/// <summary>Collects what is wrong with an options object, so that one exception names all of it. One thread at a time.</summary>
internal sealed class OptionFaults
{
    private readonly List<string> _faults = [];

    /// <summary>Notes a value outside its range.</summary>
    public void Require<T>(bool isValid, string option, T value, string range)
    {
        if (!isValid)
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{option} is {value}, expected {range}"));
    }

    /// <summary>Throws where anything was noted.</summary>
    public void ThrowIfAny(string type)
    {
        if (_faults.Count > 0)
            Throw.InvalidOptions(type, string.Join("; ", _faults) + ".");
    }
}
