namespace RtcEnhance.Testing;

/// <summary>rtpdump files of rtptools: a line of text, a start time, then datagrams with their offset in ms. Thread-safe.</summary>
internal static class RtpDumpFormat
{
    private const int MaxLineBytes = 256;
    private const int HeaderBytes = 16;
    private const int RecordHeaderBytes = 8;

    public static ReadOnlySpan<byte> Magic => "#!rtpplay1.0"u8;

    public static void Read(CaptureBytes file, CaptureBuilder builder)
    {
        int lineEnd = file.Slice(0, Math.Min(MaxLineBytes, file.Length)).Span.IndexOf((byte)'\n');
        if (lineEnd < 0)
            throw file.Fault(0, $"a first line of at most {MaxLineBytes} bytes", "no line end");
        int start = lineEnd + 1;
        file.Require(start, start + HeaderBytes, "an rtpdump header");

        int length;
        for (int at = start + HeaderBytes; at < file.Length; at += length)
        {
            if (file.Length - at < RecordHeaderBytes)
            {
                builder.MarkCut();
                return;
            }

            length = file.U16(at);
            if (length < RecordHeaderBytes)
                throw file.Fault(at, $"a record of at least {RecordHeaderBytes} bytes", $"{length}");
            if (length > file.Length - at)
            {
                builder.MarkCut();
                return;
            }

            // The size the datagram had; 0 says RTCP. A dump of headers alone holds less.
            int sent = file.U16(at + 2);
            int held = length - RecordHeaderBytes;
            if (sent > held)
                builder.AddDamaged();
            else
                builder.AddDatagram(file.U32(at + 4) * TimeSpan.TicksPerMillisecond, file.Slice(at + RecordHeaderBytes, sent == 0 ? held : sent));
        }
    }
}
