using System.Buffers.Binary;

namespace RtcEnhance.Testing;

/// <summary>Classic pcap files, draft-ietf-opsawg-pcap. Thread-safe.</summary>
internal static class PcapFormat
{
    /// <summary>The largest frame that libpcap captures of these link types.</summary>
    public const int MaxFrameBytes = 262144;

    private const uint Microseconds = 0xA1B2C3D4;
    private const uint Nanoseconds = 0xA1B23C4D;
    private const int HeaderBytes = 24;
    private const int RecordHeaderBytes = 16;

    public static bool IsPcap(ReadOnlySpan<byte> file)
        => file.Length >= 4
            && (BinaryPrimitives.ReadUInt32BigEndian(file) is Microseconds or Nanoseconds
                || BinaryPrimitives.ReadUInt32LittleEndian(file) is Microseconds or Nanoseconds);

    public static void Read(CaptureBytes file, CaptureBuilder builder)
    {
        file = file.WithByteOrder(file.U32(0) is Microseconds or Nanoseconds);
        bool isNanoseconds = file.U32(0) == Nanoseconds;
        file.Require(0, HeaderBytes, "a pcap header");

        // The upper bits tell of frame check sequences, which lie behind the datagram.
        int linkType = (ushort)file.U32(20);
        if (!LinkFrame.IsKnown(linkType))
            throw file.Fault(20, "link type Ethernet, Linux cooked, raw IP or BSD loopback", $"{linkType}");

        int captured;
        for (int at = HeaderBytes; at < file.Length; at += RecordHeaderBytes + captured)
        {
            if (file.Length - at < RecordHeaderBytes)
            {
                builder.MarkCut();
                return;
            }

            uint size = file.U32(at + 8);
            if (size > MaxFrameBytes)
                throw file.Fault(at + 8, $"a frame of at most {MaxFrameBytes} bytes", $"{size}");
            captured = (int)size;
            if (captured > file.Length - at - RecordHeaderBytes)
            {
                builder.MarkCut();
                return;
            }

            long fraction = file.U32(at + 4);
            long ticks = (file.U32(at) * TimeSpan.TicksPerSecond) + (isNanoseconds ? fraction / TimeSpan.NanosecondsPerTick : fraction * TimeSpan.TicksPerMicrosecond);
            builder.AddFrame(ticks, linkType, file.Slice(at + RecordHeaderBytes, captured));
        }
    }
}
