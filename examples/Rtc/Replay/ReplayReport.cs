using System.Text.Json.Serialization;
using RtcEnhance.Audio;

namespace RtcEnhance.Rtc;

/// <summary>What a replay found and did; the JSON has the same fields.</summary>
internal sealed record ReplayReport
{
    /// <summary>The file's name, without its directory.</summary>
    public required string Capture { get; init; }

    /// <summary>UDP datagrams in the capture, of every stream.</summary>
    public required int CapturedPackets { get; init; }

    /// <summary>IP fragments left out.</summary>
    public required int FragmentedPackets { get; init; }

    /// <summary>Packets left out because they are not whole.</summary>
    public required int DamagedPackets { get; init; }

    /// <summary>Packets left out because they are not UDP.</summary>
    public required int OtherPackets { get; init; }

    /// <summary>Whether the file ends inside a packet.</summary>
    public required bool IsCut { get; init; }

    /// <summary>The stream that was played: its sources, in the order in which they took over.</summary>
    public required IReadOnlyList<uint> Ssrcs { get; init; }

    /// <summary>Its payload types.</summary>
    public required IReadOnlyList<byte> PayloadTypes { get; init; }

    /// <summary>Its packets.</summary>
    public required int Packets { get; init; }

    /// <summary>Hash of every block's operation and length: the same on every machine.</summary>
    public required string DecisionHash { get; init; }

    /// <summary>The telephone events, in the order of their time.</summary>
    public required IReadOnlyList<ReplayedEvent> TelephoneEvents { get; init; }

    /// <summary>The receiver's statistics. Stages cost nothing on the virtual clock, so their times are zero.</summary>
    public required InboundAudioStats Audio { get; init; }

    /// <summary>The figures as a table on the terminal.</summary>
    public void Print(TextWriter writer, PayloadCodecs codecs)
    {
        const double SamplesPerMs = CaptureReplay.OutputRateHz / 1000.0;
        double emitted = Math.Max(1, Audio.JitterBufferEmittedCount);
        double total = Math.Max(1, Audio.TotalSamplesReceived);
        writer.WriteLine($"{Capture}: SSRC {string.Join(", ", Ssrcs.Select(ssrc => $"0x{ssrc:X8}"))}, payload type {string.Join(", ", PayloadTypes.Select(codecs.Describe))}, {Packets} of {CapturedPackets} datagrams");
        if (IsCut || FragmentedPackets + DamagedPackets + OtherPackets > 0)
            writer.WriteLine($"  left out: {FragmentedPackets} fragments, {DamagedPackets} damaged, {OtherPackets} not UDP{(IsCut ? "; the file ends inside a packet" : "")}");
        writer.WriteLine($"  packets   received {Audio.PacketsReceived}, lost {Audio.PacketsLost}, duplicate {Audio.DuplicatePackets}, late {Audio.LatePackets}, discarded {Audio.PacketsDiscarded}, undecodable {Audio.UndecodablePackets}, malformed {Audio.MalformedPackets}, without a decoder {Audio.UnknownPayloadTypePackets}, from FEC or RED {Audio.FecPacketsReceived}");
        writer.WriteLine($"  played    {total / CaptureReplay.OutputRateHz:0.00} s: received {Share(Audio.ReceivedSamples)}, stretched {Share(Audio.StretchedSamples)}, concealed {Share(Audio.ConcealedSamples)}, comfort noise {Share(Audio.ComfortNoiseSamples)}, silence before the start {Share(Audio.SilenceSamples)}");
        writer.WriteLine($"  concealed {Audio.ConcealmentEvents} times, {Audio.InterruptionCount} of them interruptions of 150 ms or more, {Audio.TotalInterruptionDuration:0.00} s");
        writer.WriteLine($"  delay     mean {1000 * Audio.JitterBufferDelay / emitted:0.0} ms, target {1000 * Audio.JitterBufferTargetDelay / emitted:0.0} ms; jitter {1000 * Audio.Jitter:0.0} ms");
        writer.WriteLine($"  clock     inserted {Audio.InsertedSamplesForDeceleration / SamplesPerMs:0} ms, removed {Audio.RemovedSamplesForAcceleration / SamplesPerMs:0} ms; flushes {Audio.Flushes}");
        foreach (ReplayedEvent pressed in TelephoneEvents)
            writer.WriteLine($"  key       {pressed.Event} at {pressed.TimeMs / 1000.0:0.00} s, pressed for {pressed.DurationMs} ms");
        writer.WriteLine($"  decisions {DecisionHash}");

        string Share(long samples) => $"{samples / (double)CaptureReplay.OutputRateHz:0.00} s ({100 * samples / total:0.0}%)";
    }
}

/// <summary>How a replay's figures become JSON, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReplayReport))]
internal sealed partial class ReplayJson : JsonSerializerContext;
