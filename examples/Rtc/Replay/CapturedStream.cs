using RtcEnhance.Testing;

namespace RtcEnhance.Rtc;

/// <summary>One source's RTP packets in a capture, in the order of the file.</summary>
internal sealed class CapturedStream
{
    /// <summary>A WAV file of 16-bit samples at 48 kHz holds no more.</summary>
    private static readonly TimeSpan LongestStream = TimeSpan.FromHours(12);

    private readonly SortedDictionary<byte, int> _payloadTypes = [];
    private readonly List<RtpPacket> _packets = [];
    private TimeSpan _start;
    private bool _isConfirmed;

    public uint Ssrc { get; private init; }

    /// <summary>The packets; their arrival counts from the first one in units of 100 ns and never goes back.</summary>
    public IReadOnlyList<RtpPacket> Packets => _packets;

    public IReadOnlyList<byte> PayloadTypes => [.. _payloadTypes.Keys];

    /// <summary>
    /// The first source that has a payload type with a decoder. Other UDP traffic may look like an RTP packet; a source
    /// counts once two packets follow each other in sequence (RFC 3550 A.1).
    /// </summary>
    /// <exception cref="MediaFormatException">There is none, or it lasts too long for a WAV file.</exception>
    public static CapturedStream SelectAudio(Capture capture, string path, PayloadCodecs codecs)
    {
        var bySsrc = new Dictionary<uint, CapturedStream>();
        var streams = new List<CapturedStream>();
        foreach (CapturedPacket captured in capture.Packets)
        {
            if (!RtpPacket.TryParse(captured.Datagram, captured.Time.Ticks, out RtpPacket packet))
                continue;
            if (!bySsrc.TryGetValue(packet.Ssrc, out CapturedStream? stream))
            {
                stream = new CapturedStream { Ssrc = packet.Ssrc };
                bySsrc.Add(packet.Ssrc, stream);
                streams.Add(stream);
            }

            stream.Add(packet, captured);
        }

        streams.RemoveAll(stream => !stream._isConfirmed);
        CapturedStream audio = streams.Find(stream => stream._payloadTypes.Keys.Any(codecs.Decoders.ContainsKey))
            ?? throw new MediaFormatException(streams.Count == 0
                ? $"{path}: no RTP stream among {capture.Packets.Count} UDP datagrams ({capture.FragmentedPackets} fragments, {capture.DamagedPackets} damaged and {capture.OtherPackets} other packets left out)."
                : $"{path}: no payload type that names an audio codec; seen: {Describe(streams)}. --codec PT=NAME names one.");
        TimeSpan duration = new(audio._packets[^1].ArrivalTimestamp);
        return duration <= LongestStream
            ? audio
            : throw new MediaFormatException($"{path}: SSRC 0x{audio.Ssrc:X8} lasts {duration.TotalHours:0.0} hours; a WAV file holds {LongestStream.TotalHours:0}.");
    }

    private static string Describe(List<CapturedStream> streams)
    {
        var counts = new SortedDictionary<byte, int>();
        foreach ((byte payloadType, int count) in streams.SelectMany(stream => stream._payloadTypes))
            counts[payloadType] = counts.GetValueOrDefault(payloadType) + count;
        return string.Join(", ", counts.Select(type => $"{type.Key} ({type.Value} packets)"));
    }

    private void Add(in RtpPacket packet, in CapturedPacket captured)
    {
        long arrival = 0;
        if (_packets.Count == 0)
            _start = captured.Time;
        else
        {
            arrival = Math.Max(_packets[^1].ArrivalTimestamp, (captured.Time - _start).Ticks);
            _isConfirmed |= RtpArithmetic.Distance(packet.SequenceNumber, _packets[^1].SequenceNumber) == 1;
        }

        _payloadTypes[packet.PayloadType] = _payloadTypes.GetValueOrDefault(packet.PayloadType) + 1;
        RtpPacket.TryParse(captured.Datagram, arrival, out RtpPacket timed);
        _packets.Add(timed);
    }
}
