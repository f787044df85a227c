namespace RtcEnhance.Video;

/// <summary>
/// A frame on its way from the network to the decoder, in a buffer that is used again. One thread at a time.
/// </summary>
internal sealed class AccessUnit
{
    /// <summary>Largest frame; a larger one is broken.</summary>
    public const int MaxBytes = 16 << 20;

    private const int InitialBytes = 16 << 10;

    private byte[] _buffer = [];
    private ReadOnlyMemory<byte> _external;
    private bool _isExternal;

    /// <summary>Bytes assembled so far.</summary>
    public int Length { get; private set; }

    /// <summary>The assembled bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    /// <summary>The stream.</summary>
    public uint Ssrc { get; set; }

    /// <summary>The codec.</summary>
    public VideoCodec Codec { get; set; }

    /// <summary>RTP timestamp.</summary>
    public uint RtpTimestamp { get; set; }

    /// <summary>True for a key frame.</summary>
    public bool IsKeyFrame { get; set; }

    /// <summary>Quantiser; null where unknown.</summary>
    public int? Qp { get; set; }

    /// <summary>True where something is missing before this frame.</summary>
    public bool HasGap { get; set; }

    /// <summary>Packets with content.</summary>
    public int PacketCount { get; set; }

    /// <summary>Tick of the earliest packet.</summary>
    public long FirstArrival { get; set; }

    /// <summary>Tick of the latest packet.</summary>
    public long LastArrival { get; set; }

    /// <summary>Width that a VP8 key frame states; 0 where unknown.</summary>
    public int Width { get; set; }

    /// <summary>Height that a VP8 key frame states; 0 where unknown.</summary>
    public int Height { get; set; }

    /// <summary>Starts over.</summary>
    public void Clear()
    {
        Length = 0;
        PacketCount = 0;
        IsKeyFrame = false;
        Qp = null;
        HasGap = false;
        Width = 0;
        Height = 0;
        _external = default;
        _isExternal = false;
    }

    /// <summary>Appends bytes; false where the frame gets too large.</summary>
    public bool Append(ReadOnlySpan<byte> data)
    {
        if (!Reserve(data.Length))
            return false;
        data.CopyTo(_buffer.AsSpan(Length));
        Length += data.Length;
        return true;
    }

    /// <summary>Replaces bytes that were appended before.</summary>
    public void Overwrite(int position, ReadOnlySpan<byte> data) => data.CopyTo(_buffer.AsSpan(position, Length - position));

    /// <summary>Puts bytes before everything else; false where the frame gets too large.</summary>
    public bool Prepend(ReadOnlySpan<byte> data)
    {
        if (!Reserve(data.Length))
            return false;
        _buffer.AsSpan(0, Length).CopyTo(_buffer.AsSpan(data.Length));
        data.CopyTo(_buffer);
        Length += data.Length;
        return true;
    }

    /// <summary>Takes over a frame that the host assembled; its bytes are not copied.</summary>
    public void Wrap(in EncodedVideoFrame frame)
    {
        Clear();
        _external = frame.Data;
        _isExternal = true;
        Codec = frame.Codec;
        RtpTimestamp = frame.RtpTimestamp;
        IsKeyFrame = frame.IsKeyFrame;
        Qp = frame.Qp;
        HasGap = frame.HasGap;
        FirstArrival = frame.ArrivalTimestamp;
        LastArrival = frame.ArrivalTimestamp;
    }

    /// <summary>The frame as the decoder sees it; valid until the unit goes back to its pool.</summary>
    public EncodedVideoFrame ToFrame() => new()
    {
        Codec = Codec,
        RtpTimestamp = RtpTimestamp,
        Data = _isExternal ? _external : _buffer.AsMemory(0, Length),
        IsKeyFrame = IsKeyFrame,
        Qp = Qp,
        HasGap = HasGap,
        ArrivalTimestamp = LastArrival,
    };

    private bool Reserve(int bytes)
    {
        int needed = Length + bytes;
        if (needed > MaxBytes)
            return false;
        if (needed > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(InitialBytes, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)needed)));
        return true;
    }
}
