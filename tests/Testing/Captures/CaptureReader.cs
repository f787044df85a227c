namespace RtcEnhance.Testing;

/// <summary>
/// Reads captures of UDP traffic: rtpdump (<c>#!rtpplay1.0</c>), pcap (either byte order, micro- and nanoseconds) and
/// pcapng, the last two over Ethernet (with or without a VLAN tag), Linux cooked, raw IP and BSD loopback, IPv4 and IPv6.
/// Thread-safe.
/// </summary>
/// <remarks>
/// draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng; rtpdump as rtptools writes it. A file that ends inside a packet
/// yields the packets before it; an impossible size or a type that is not known is a fault.
/// </remarks>
public static class CaptureReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, at most 2 GiB; it is read into memory whole.</param>
    /// <returns>Its packets.</returns>
    /// <exception cref="MediaFormatException">It is no capture, or a damaged one, or of a link type that is not known; the message names file and offset.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Capture Read(string path) => Read(File.ReadAllBytes(path), path);

    /// <summary>Reads a capture that is in memory.</summary>
    /// <param name="file">The whole file; the packets are views into it.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <returns>Its packets.</returns>
    /// <exception cref="MediaFormatException">It is no capture, or a damaged one, or of a link type that is not known; the message names file and offset.</exception>
    public static Capture Read(ReadOnlyMemory<byte> file, string name)
    {
        var bytes = new CaptureBytes(name, file);
        var builder = new CaptureBuilder();
        if (file.Span.StartsWith(RtpDumpFormat.Magic))
            RtpDumpFormat.Read(bytes, builder);
        else if (PcapFormat.IsPcap(file.Span))
            PcapFormat.Read(bytes, builder);
        else if (file.Span.StartsWith(PcapngFormat.Magic))
            PcapngFormat.Read(bytes, builder);
        else
            throw bytes.Fault(0, "an rtpdump, pcap or pcapng file", file.IsEmpty ? "nothing" : $"0x{Convert.ToHexString(file.Span[..Math.Min(4, file.Length)])}");
        return builder.ToCapture();
    }
}
