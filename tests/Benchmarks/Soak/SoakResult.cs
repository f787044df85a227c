using System.Globalization;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>What a long run did and which of the promises it broke. One thread at a time.</summary>
/// <param name="name">The run.</param>
public sealed class SoakResult(string name)
{
    private const int MostKept = 5;

    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly List<string> _broken = [];

    /// <summary>The run.</summary>
    public string Name { get; } = name;

    /// <summary>Blocks or frames that went through.</summary>
    public long Steps { get; set; }

    /// <summary>How often a promise was broken.</summary>
    public long BrokenCount { get; private set; }

    /// <summary>The first broken promises, with values.</summary>
    public IReadOnlyList<string> Broken => _broken;

    /// <summary>What happened how often.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>How often something happened; 0 where it never did.</summary>
    /// <param name="what">The count's name.</param>
    public long this[string what]
    {
        get => _counts.GetValueOrDefault(what);
        set => _counts[what] = value;
    }

    /// <summary>Notes a broken promise.</summary>
    /// <param name="promise">What happened instead, with values.</param>
    public void Break(string promise)
    {
        BrokenCount++;
        if (_broken.Count < MostKept)
            _broken.Add($"{Name}, step {Steps}: {promise}");
    }

    /// <summary>The counts in one line.</summary>
    /// <returns>Text.</returns>
    public string Describe() => string.Join(", ", _counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Value} {count.Key}")));
}
