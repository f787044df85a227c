using System.Runtime.InteropServices;

namespace RtcEnhance.Testing;

/// <summary>
/// Loss recorded packet by packet: one line per packet, 1 or 1.0 for a lost one, 0 or 0.0 for one that came. As a model
/// over time each line is one packet duration, and after the last line comes the first. Thread-safe: immutable.
/// </summary>
public sealed class LossTrace : ILossModel
{
    private readonly bool[] _lost;

    /// <summary>A trace.</summary>
    /// <param name="lost">True for each lost packet; at least one packet.</param>
    /// <param name="packetDuration">Time that one packet stands for, above zero.</param>
    /// <exception cref="ArgumentException"><paramref name="lost"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="packetDuration"/> is not above zero.</exception>
    public LossTrace(ReadOnlySpan<bool> lost, TimeSpan packetDuration)
    {
        if (lost.IsEmpty)
            throw new ArgumentException("A loss trace holds at least one packet.", nameof(lost));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(packetDuration, TimeSpan.Zero);
        _lost = lost.ToArray();
        PacketDuration = packetDuration;
        LossPercent = 100.0 * lost.Count(true) / lost.Length;
    }

    /// <summary>Packets in the trace.</summary>
    public int Count => _lost.Length;

    /// <summary>Time that one packet stands for.</summary>
    public TimeSpan PacketDuration { get; }

    /// <summary>Share of lost packets.</summary>
    public double LossPercent { get; }

    /// <summary>Whether a packet is lost.</summary>
    /// <param name="packet">0 to <see cref="Count"/> - 1.</param>
    public bool this[int packet] => _lost[packet];

    /// <summary>Reads a trace file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="packetDuration">Time that one packet stands for, above zero.</param>
    /// <returns>The trace.</returns>
    /// <exception cref="MediaFormatException">A line is neither 0 nor 1, or there is none; the message names the line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static LossTrace Load(string path, TimeSpan packetDuration)
    {
        using var reader = new StreamReader(path);
        return Read(reader, path, packetDuration);
    }

    /// <summary>Reads a trace.</summary>
    /// <param name="reader">Lines that end with LF or CRLF; blank lines at the end are ignored.</param>
    /// <param name="name">The source's name, for messages.</param>
    /// <param name="packetDuration">Time that one packet stands for, above zero.</param>
    /// <returns>The trace.</returns>
    /// <exception cref="MediaFormatException">A line is neither 0 nor 1, or there is none; the message names the line.</exception>
    public static LossTrace Read(TextReader reader, string name, TimeSpan packetDuration)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var lost = new List<bool>();
        int blankLine = 0;
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            ReadOnlySpan<char> value = line.AsSpan().Trim();
            if (value.IsEmpty)
            {
                blankLine = blankLine == 0 ? number : blankLine;
                continue;
            }

            if (blankLine != 0)
                throw new MediaFormatException($"{name}, line {blankLine}: blank, expected 0 or 1.");
            lost.Add(value switch
            {
                "0" or "0.0" => false,
                "1" or "1.0" => true,
                _ => throw new MediaFormatException($"{name}, line {number}: found '{Shorten(value)}', expected 0 or 1."),
            });
        }

        if (lost.Count == 0)
            throw new MediaFormatException($"{name}, line 1: the trace is empty, expected one 0 or 1 per packet.");
        return new LossTrace(CollectionsMarshal.AsSpan(lost), packetDuration);
    }

    /// <inheritdoc/>
    public bool IsLost(TimeSpan sentAt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sentAt, TimeSpan.Zero);
        return _lost[(int)(sentAt.Ticks / PacketDuration.Ticks % _lost.Length)];
    }

    private static string Shorten(ReadOnlySpan<char> value)
        => value.Length <= 20 ? value.ToString() : string.Concat(value[..20], "...");
}
