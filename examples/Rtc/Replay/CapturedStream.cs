using RtcEnhance.Testing;

namespace RtcEnhance.Rtc;

/// <summary>One sender's RTP packets in a capture, in the order of the file, over its changes of SSRC.</summary>
internal sealed class CapturedStream
{
    /// <summary>A WAV file of 16-bit samples at 48 kHz holds no more.</summary>
    private static readonly TimeSpan LongestStream = TimeSpan.FromHours(12);

    private CapturedStream(IReadOnlyList<CapturedSource> sources, IReadOnlyList<RtpPacket> packets)
    {
        Ssrcs = [.. sources.Select(source => source.Ssrc)];
        PayloadTypes = [.. sources.SelectMany(source => source.PayloadTypes.Keys).Distinct().Order()];
        Packets = packets;
    }

    /// <summary>The sources, in the order in which they took over.</summary>
    public IReadOnlyList<uint> Ssrcs { get; }

    public IReadOnlyList<byte> PayloadTypes { get; }

    /// <summary>The packets; their arrival counts from the first one in units of 100 ns and never goes back.</summary>
    public IReadOnlyList<RtpPacket> Packets { get; }

    /// <summary>
    /// The first source that has a payload type with a decoder, and each such source that takes over where the one before
    /// it ends: so a sender changes its SSRC, while the other party's stream runs beside.
    /// </summary>
    /// <exception cref="MediaFormatException">There is none, or it lasts too long for a WAV file.</exception>
    public static CapturedStream SelectAudio(Capture capture, string path, PayloadCodecs codecs)
    {
        List<CapturedSource> sources = CapturedSource.FindAll(capture);
        var followed = new List<CapturedSource>();
        for (CapturedSource? next = sources.Find(source => source.IsAudio(codecs)); next is not null;)
        {
            CapturedSource current = next;
            followed.Add(current);
            next = sources.Find(source => source.IsAudio(codecs) && source.TakesOverFrom(current));
        }

        if (followed.Count == 0)
        {
            throw new MediaFormatException(sources.Count == 0
                ? $"{path}: no RTP stream among {capture.Packets.Count} UDP datagrams ({capture.FragmentedPackets} fragments, {capture.DamagedPackets} damaged and {capture.OtherPackets} other packets left out)."
                : $"{path}: no payload type that names an audio codec; seen: {Describe(sources)}. --pt PT=NAME names one.");
        }

        TimeSpan duration = followed[^1].End - followed[0].Start;
        return duration <= LongestStream
            ? new CapturedStream(followed, Collect(capture, followed))
            : throw new MediaFormatException($"{path}: SSRC 0x{followed[0].Ssrc:X8} lasts {duration.TotalHours:0.0} hours; a WAV file holds {LongestStream.TotalHours:0}.");
    }

    private static List<RtpPacket> Collect(Capture capture, List<CapturedSource> sources)
    {
        var packets = new List<RtpPacket>();
        long arrival = 0;
        foreach (CapturedPacket captured in capture.Packets)
        {
            if (!RtpPacket.TryParse(captured.Datagram, 0, out RtpPacket packet) || !sources.Exists(source => source.Ssrc == packet.Ssrc))
                continue;
            arrival = Math.Max(arrival, (captured.Time - sources[0].Start).Ticks);
            RtpPacket.TryParse(captured.Datagram, arrival, out RtpPacket timed);
            packets.Add(timed);
        }

        return packets;
    }

    private static string Describe(List<CapturedSource> sources)
    {
        var counts = new SortedDictionary<byte, int>();
        foreach ((byte payloadType, int count) in sources.SelectMany(source => source.PayloadTypes))
            counts[payloadType] = counts.GetValueOrDefault(payloadType) + count;
        return string.Join(", ", counts.Select(type => $"{type.Key} ({type.Value} packets)"));
    }
}
