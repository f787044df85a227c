using RtcEnhance.Testing;

namespace RtcEnhance.Rtc;

/// <summary>What a capture holds of one SSRC.</summary>
internal sealed class CapturedSource
{
    /// <summary>Reordered packets of a source may still come in after the first of its successor.</summary>
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromMilliseconds(200);

    private readonly SortedDictionary<byte, int> _payloadTypes = [];
    private ushort _lastSequence;
    private bool _isConfirmed;

    public required uint Ssrc { get; init; }

    public required TimeSpan Start { get; init; }

    public TimeSpan End { get; private set; }

    public IReadOnlyDictionary<byte, int> PayloadTypes => _payloadTypes;

    /// <summary>
    /// The sources in the order in which they begin. Other UDP traffic may look like an RTP packet; a source counts once
    /// two packets follow each other in sequence (RFC 3550 A.1).
    /// </summary>
    public static List<CapturedSource> FindAll(Capture capture)
    {
        var bySsrc = new Dictionary<uint, CapturedSource>();
        var sources = new List<CapturedSource>();
        foreach (CapturedPacket captured in capture.Packets)
        {
            if (!RtpPacket.TryParse(captured.Datagram, captured.Time.Ticks, out RtpPacket packet))
                continue;
            if (!bySsrc.TryGetValue(packet.Ssrc, out CapturedSource? source))
            {
                source = new CapturedSource { Ssrc = packet.Ssrc, Start = captured.Time, End = captured.Time };
                bySsrc.Add(packet.Ssrc, source);
                sources.Add(source);
            }

            source.Add(packet, captured.Time);
        }

        sources.RemoveAll(source => !source._isConfirmed);
        return sources;
    }

    public bool IsAudio(PayloadCodecs codecs) => _payloadTypes.Keys.Any(codecs.Decoders.ContainsKey);

    public bool TakesOverFrom(CapturedSource other) => Start > other.Start && Start >= other.End - LongestOverlap;

    private void Add(in RtpPacket packet, TimeSpan time)
    {
        _isConfirmed |= _payloadTypes.Count > 0 && RtpArithmetic.Distance(packet.SequenceNumber, _lastSequence) == 1;
        _lastSequence = packet.SequenceNumber;
        _payloadTypes[packet.PayloadType] = _payloadTypes.GetValueOrDefault(packet.PayloadType) + 1;
        End = time > End ? time : End;
    }
}
