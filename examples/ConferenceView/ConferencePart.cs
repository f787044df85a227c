namespace RtcEnhance.ConferenceView;

/// <summary>What was measured in one part of a conference. Thread-safe: immutable.</summary>
public sealed record ConferencePart
{
    /// <summary>The streams.</summary>
    public required IReadOnlyList<StreamFigures> Streams { get; init; }

    /// <summary>The budget in cores; null without a scheduler.</summary>
    public required double? Budget { get; init; }

    /// <summary>Time that enlarging all streams took over the time gone by, in cores.</summary>
    public double CpuShare => Streams.Sum(stream => stream.CpuShare);

    /// <summary>Processor time of the whole process over the time gone by, in cores: copying pictures and all.</summary>
    public required double ProcessCpuShare { get; init; }

    /// <summary>The largest of <see cref="CpuShare"/> over single seconds.</summary>
    public required double WorstSecondShare { get; init; }
}
