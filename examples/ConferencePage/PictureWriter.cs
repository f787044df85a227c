using System.Buffers.Binary;
using RtcEnhance.Video;

namespace RtcEnhance.ConferencePage;

/// <summary>Pictures as the page takes them: kind, width and height as 32-bit numbers, then I420. Thread-safe.</summary>
internal static class PictureWriter
{
    public const int HeaderBytes = 12;
    public const int Received = 0;
    public const int Enhanced = 1;

    public static void Post(Outbox outbox, int kind, VideoFrame frame)
    {
        int chroma = ((frame.Width + 1) / 2) * ((frame.Height + 1) / 2);
        var message = new byte[HeaderBytes + (frame.Width * frame.Height) + (2 * chroma)];
        BinaryPrimitives.WriteInt32LittleEndian(message, kind);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(4), frame.Width);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), frame.Height);
        if (FrameConverter.TryExport(frame, HostPicture.Contiguous(HostPixelFormat.I420, message.AsSpan(HeaderBytes), frame.Width, frame.Height), out _))
            outbox.PostPicture(kind, message);
    }
}
