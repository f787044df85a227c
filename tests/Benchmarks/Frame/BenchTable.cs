using System.Globalization;

namespace RtcEnhance.Benchmarks;

/// <summary>One printed table. Cells are numbers, texts, or null for what was not measured.</summary>
public sealed class BenchTable(string title, params string[] columns)
{
    private readonly List<object?[]> _rows = [];

    /// <summary>What the table shows, with units.</summary>
    public string Title { get; } = title;

    /// <summary>Column heads.</summary>
    public IReadOnlyList<string> Columns { get; } = columns;

    /// <summary>The rows.</summary>
    public IReadOnlyList<object?[]> Rows => _rows;

    /// <summary>Appends a row with a cell for each column.</summary>
    /// <param name="cells">The cells.</param>
    public void Add(params object?[] cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        if (cells.Length != Columns.Count)
            throw new ArgumentException($"The table \"{Title}\" has {Columns.Count} columns, not {cells.Length}.", nameof(cells));
        _rows.Add(cells);
    }

    /// <summary>Prints it with aligned columns.</summary>
    /// <param name="writer">Where.</param>
    public void Print(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        string[][] cells = [[.. Columns], .. _rows.Select(row => row.Select(Format).ToArray())];
        int[] widths = [.. Enumerable.Range(0, Columns.Count).Select(c => cells.Max(row => row[c].Length))];
        writer.WriteLine();
        writer.WriteLine(Title);
        foreach (string[] row in cells)
        {
            writer.WriteLine(string.Join("  ", row.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).TrimEnd());
            if (ReferenceEquals(row, cells[0]))
                writer.WriteLine(new string('-', widths.Sum() + (2 * (widths.Length - 1))));
        }
    }

    /// <summary>Prints the newest row alone, each cell with its column's head: for long runs, as rows come.</summary>
    /// <param name="writer">Where.</param>
    public void PrintLast(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteLine(string.Join(", ", _rows[^1].Zip(Columns, (cell, head) => $"{head} {Format(cell)}")));
    }

    private static string Format(object? cell) => cell switch
    {
        null => "-",
        double number => number.ToString(Math.Abs(number) >= 100 ? "0.0" : Math.Abs(number) >= 1 || number == 0 ? "0.000" : "0.0000", CultureInfo.InvariantCulture),
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "-",
    };
}
