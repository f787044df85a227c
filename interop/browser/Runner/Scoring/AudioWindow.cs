using System.Text.Json.Nodes;
using RtcEnhance.Audio;

namespace RtcEnhance.Browser.Scoring;

/// <summary>What a receiver's audio statistics say of a stretch of a call. The fields are those of W3C webrtc-stats.</summary>
internal sealed record AudioWindow
{
    /// <summary>jitterBufferDelay / jitterBufferEmittedCount: a sample's packet arrived so long before it was decoded.</summary>
    public required double DelayMs { get; init; }

    /// <summary>jitterBufferTargetDelay / jitterBufferEmittedCount.</summary>
    public required double TargetMs { get; init; }

    /// <summary>concealedSamples / totalSamplesReceived.</summary>
    public required double ConcealedPercent { get; init; }

    public required double ConcealmentEvents { get; init; }

    /// <summary>insertedSamplesForDeceleration / totalSamplesReceived.</summary>
    public required double InsertedPercent { get; init; }

    /// <summary>removedSamplesForAcceleration / totalSamplesReceived.</summary>
    public required double RemovedPercent { get; init; }

    public required double PacketsReceived { get; init; }

    public required double PacketsLost { get; init; }

    public required double PacketsDiscarded { get; init; }

    /// <summary>RFC 3550, at the end of the stretch.</summary>
    public required double JitterMs { get; init; }

    /// <summary>Length of what was played.</summary>
    public required double Seconds { get; init; }

    public static AudioWindow From(in InboundAudioStats from, in InboundAudioStats to)
    {
        double emitted = Math.Max(1, to.JitterBufferEmittedCount - from.JitterBufferEmittedCount);
        double total = Math.Max(1, to.TotalSamplesReceived - from.TotalSamplesReceived);
        return new AudioWindow
        {
            DelayMs = 1000 * (to.JitterBufferDelay - from.JitterBufferDelay) / emitted,
            TargetMs = 1000 * (to.JitterBufferTargetDelay - from.JitterBufferTargetDelay) / emitted,
            ConcealedPercent = 100 * (to.ConcealedSamples - from.ConcealedSamples) / total,
            ConcealmentEvents = to.ConcealmentEvents - from.ConcealmentEvents,
            InsertedPercent = 100 * (to.InsertedSamplesForDeceleration - from.InsertedSamplesForDeceleration) / total,
            RemovedPercent = 100 * (to.RemovedSamplesForAcceleration - from.RemovedSamplesForAcceleration) / total,
            PacketsReceived = to.PacketsReceived - from.PacketsReceived,
            PacketsLost = to.PacketsLost - from.PacketsLost,
            PacketsDiscarded = to.PacketsDiscarded - from.PacketsDiscarded,
            JitterMs = 1000 * to.Jitter,
            Seconds = to.TotalSamplesDuration - from.TotalSamplesDuration,
        };
    }

    /// <param name="from">A browser's inbound-rtp at the beginning.</param>
    /// <param name="to">The same at the end.</param>
    public static AudioWindow From(JsonObject from, JsonObject to)
    {
        double emitted = Math.Max(1, Growth("jitterBufferEmittedCount"));
        double total = Math.Max(1, Growth("totalSamplesReceived"));
        return new AudioWindow
        {
            DelayMs = 1000 * Growth("jitterBufferDelay") / emitted,
            TargetMs = 1000 * Growth("jitterBufferTargetDelay") / emitted,
            ConcealedPercent = 100 * Growth("concealedSamples") / total,
            ConcealmentEvents = Growth("concealmentEvents"),
            InsertedPercent = 100 * Growth("insertedSamplesForDeceleration") / total,
            RemovedPercent = 100 * Growth("removedSamplesForAcceleration") / total,
            PacketsReceived = Growth("packetsReceived"),
            PacketsLost = Growth("packetsLost"),
            PacketsDiscarded = Growth("packetsDiscarded"),
            JitterMs = 1000 * BrowserStats.Number(to, "jitter"),
            Seconds = total / 48000,
        };

        double Growth(string name) => BrowserStats.Number(to, name) - BrowserStats.Number(from, name);
    }
}
