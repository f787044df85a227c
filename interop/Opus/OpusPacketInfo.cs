namespace RtcEnhance.Opus;

/// <summary>
/// What the framing of an Opus packet tells without decoding it: mode, duration, and whether it carries in-band FEC of
/// the packet before it (RFC 6716 sections 3 and 4.2.3). Thread-safe.
/// </summary>
public readonly record struct OpusPacketInfo
{
    private const int MaxSamplesAt48KHz = 5760;
    private const int MaxFrameBytes = 1275;
    private const int MaxDtxFrameBytes = 1;

    private OpusPacketInfo(byte toc)
    {
        var config = toc >> 3;
        IsStereo = (toc & 4) != 0;
        Mode = config < 12 ? OpusMode.Silk : config < 16 ? OpusMode.Hybrid : OpusMode.Celt;
        FrameSamplesAt48KHz = Mode switch
        {
            OpusMode.Silk => (config & 3) == 3 ? 2880 : 480 << (config & 3),
            OpusMode.Hybrid => 480 << (config & 1),
            _ => 120 << (config & 3),
        };
    }

    /// <summary>The coding layer.</summary>
    public OpusMode Mode { get; }

    /// <summary>Whether the packet holds two channels; a decoder of either channel count decodes it.</summary>
    public bool IsStereo { get; }

    /// <summary>Samples per channel at 48 kHz in each frame: 120 to 2880.</summary>
    public int FrameSamplesAt48KHz { get; }

    /// <summary>Frames in the packet: 1 to 48.</summary>
    public int FrameCount { get; private init; }

    /// <summary>
    /// Whether the first frame carries low bit-rate redundancy (LBRR) of the audio just before the packet, for as long
    /// as one frame lasts.
    /// </summary>
    public bool HasFec { get; private init; }

    /// <summary>
    /// Whether the packet ends in a frame of at most one byte, which libopus takes for a missing one: what an encoder with
    /// DTX writes where nobody speaks, and after which it may send nothing.
    /// </summary>
    public bool IsDiscontinuous { get; private init; }

    /// <summary>Samples per channel at 48 kHz in the whole packet: 120 to 5760.</summary>
    public int SamplesAt48KHz => FrameSamplesAt48KHz * FrameCount;

    /// <summary>Reads a packet's framing and checks it against requirements R1 to R7 of RFC 6716 section 3.4.</summary>
    /// <param name="packet">An RTP payload.</param>
    /// <param name="info">What the framing tells; default where it is malformed.</param>
    /// <returns>False where the packet is malformed.</returns>
    public static bool TryParse(ReadOnlySpan<byte> packet, out OpusPacketInfo info)
    {
        info = default;
        if (packet.IsEmpty)
            return false;

        var parsed = new OpusPacketInfo(packet[0]);
        var frames = packet[1..];
        if (!TryGetFrames(packet[0] & 3, frames, out var count, out var firstFrame, out var lastLength)
            || parsed.FrameSamplesAt48KHz * count > MaxSamplesAt48KHz)
            return false;

        info = parsed with { FrameCount = count, HasFec = parsed.HasLbrr(firstFrame), IsDiscontinuous = lastLength <= MaxDtxFrameBytes };
        return true;
    }

    private static bool TryGetFrames(
        int code, ReadOnlySpan<byte> frames, out int count, out ReadOnlySpan<byte> firstFrame, out int lastLength)
    {
        firstFrame = default;
        lastLength = 0;
        switch (code)
        {
            case 0:
                count = 1;
                firstFrame = frames;
                lastLength = frames.Length;
                return frames.Length <= MaxFrameBytes;
            case 1:
                count = 2;
                lastLength = frames.Length / 2;
                firstFrame = frames[..lastLength];
                return frames.Length % 2 == 0 && lastLength <= MaxFrameBytes;
            case 2:
                count = 2;
                if (!TryTakeLength(ref frames, out var length))
                    return false;
                lastLength = frames.Length - length;
                return lastLength is >= 0 and <= MaxFrameBytes && TryTake(frames, length, out firstFrame);
            default:
                return TryGetManyFrames(frames, out count, out firstFrame, out lastLength);
        }
    }

    /// <summary>Code 3: a count, optional padding, and frames of equal (CBR) or stated (VBR) lengths.</summary>
    private static bool TryGetManyFrames(ReadOnlySpan<byte> frames, out int count, out ReadOnlySpan<byte> firstFrame, out int lastLength)
    {
        firstFrame = default;
        lastLength = 0;
        count = frames.IsEmpty ? 0 : frames[0] & 0x3F;
        if (count is < 1 or > 48)
            return false;
        var isVbr = (frames[0] & 0x80) != 0;
        var isPadded = (frames[0] & 0x40) != 0;
        frames = frames[1..];
        if (isPadded && !TryDropPadding(ref frames))
            return false;

        if (!isVbr)
        {
            lastLength = frames.Length / count;
            return frames.Length % count == 0 && lastLength <= MaxFrameBytes && TryTake(frames, lastLength, out firstFrame);
        }

        var firstLength = 0;
        var stated = 0;
        for (var i = 0; i < count - 1; i++)
        {
            if (!TryTakeLength(ref frames, out var length))
                return false;
            firstLength = i == 0 ? length : firstLength;
            stated += length;
        }

        lastLength = frames.Length - stated;
        return lastLength is >= 0 and <= MaxFrameBytes && TryTake(frames, count == 1 ? lastLength : firstLength, out firstFrame);
    }

    private static bool TryDropPadding(ref ReadOnlySpan<byte> frames)
    {
        var padding = 0;
        byte part;
        do
        {
            if (frames.IsEmpty)
                return false;
            part = frames[0];
            frames = frames[1..];
            padding += part == 255 ? 254 : part;
        }
        while (part == 255);

        if (padding > frames.Length)
            return false;
        frames = frames[..^padding];
        return true;
    }

    private static bool TryTakeLength(ref ReadOnlySpan<byte> frames, out int length)
    {
        length = 0;
        if (frames.IsEmpty || (frames[0] >= 252 && frames.Length < 2))
            return false;
        var bytes = frames[0] < 252 ? 1 : 2;
        length = bytes == 1 ? frames[0] : frames[0] + (4 * frames[1]);
        frames = frames[bytes..];
        return true;
    }

    private static bool TryTake(ReadOnlySpan<byte> frames, int length, out ReadOnlySpan<byte> frame)
    {
        frame = length <= frames.Length ? frames[..length] : default;
        return length <= frames.Length;
    }

    /// <summary>
    /// A SILK frame opens with one voice-activity bit per 20 ms and one LBRR bit, for the middle and then the side
    /// channel: coded with even odds, they are the first bits of the first byte as they stand.
    /// </summary>
    private bool HasLbrr(ReadOnlySpan<byte> frame)
    {
        if (Mode == OpusMode.Celt || frame.Length <= MaxDtxFrameBytes)
            return false;
        var silkFrames = Math.Max(1, FrameSamplesAt48KHz / 960);
        var middle = 0x80 >> silkFrames;
        var side = IsStereo ? middle >> (silkFrames + 1) : 0;
        return (frame[0] & (middle | side)) != 0;
    }
}
