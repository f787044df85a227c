namespace RtcEnhance.Video;

/// <summary>
/// AV1 from RTP, "RTP Payload Format For AV1" version 1.0 of the Alliance for Open Media. Temporal units come out as OBUs
/// with a size field, without temporal delimiters, as decoders take them. One thread at a time.
/// </summary>
internal sealed class Av1Depacketizer : IDepacketizer
{
    // The aggregation header.
    private const int ContinuesElement = 0x80;
    private const int LeavesElementOpen = 0x40;

    // The OBU header, AV1 bitstream specification section 5.3.2.
    private const int ForbiddenBit = 0x80;
    private const int ExtensionFlag = 0x04;
    private const int SizeFlag = 0x02;
    private const int SequenceHeader = 1;
    private const int TemporalDelimiter = 2;
    private const int FrameHeader = 3;
    private const int Frame = 6;
    private const int TileList = 8;

    // Written before the size is known; leb128 may carry leading zeros, and four bytes of it are more than a unit may have.
    private const int SizeBytes = 4;

    private int _sizeAt;
    private bool _isOpen;
    private bool _isSkipped;
    private bool _hasSequenceHeader;
    private bool _hasFrame;
    private bool _startsWithKeyFrame;

    /// <inheritdoc/>
    public VideoCodec Codec => VideoCodec.Av1;

    /// <inheritdoc/>
    public bool TryParse(ReadOnlySpan<byte> payload, out PayloadInfo info)
    {
        info = default;
        if (payload.IsEmpty)
            return true;
        info = new PayloadInfo { HasContent = true, StartsFrame = (payload[0] & ContinuesElement) == 0 };
        return payload.Length >= 2;
    }

    /// <summary>The payload has no picture number: whatever is missing may be a reference.</summary>
    public bool IsContinuous(in PayloadInfo previous, in PayloadInfo current) => false;

    /// <inheritdoc/>
    public bool Append(ReadOnlySpan<byte> payload, in PayloadInfo info, AccessUnit unit)
    {
        if (unit.PacketCount == 0)
            Reset();
        int header = payload[0];
        bool continues = (header & ContinuesElement) != 0;
        if (continues != _isOpen)
            return false;

        // The last of a stated number of elements goes to the payload's end and has no length.
        int elements = (header >> 4) & 3;
        ReadOnlySpan<byte> rest = payload[1..];
        int index = 0;
        while (!rest.IsEmpty)
        {
            index++;
            int length = rest.Length;
            if (index != elements && (!TryReadLeb128(ref rest, out length) || length > rest.Length))
                return false;
            ReadOnlySpan<byte> element = rest[..length];
            rest = rest[length..];
            bool isWritten = continues && index == 1 ? AppendToObu(element, unit) : BeginObu(element, unit);
            if (!isWritten)
                return false;
            _isOpen = rest.IsEmpty && (header & LeavesElementOpen) != 0;
            if (!_isOpen)
                EndObu(unit);
        }

        return elements == 0 || index == elements;
    }

    /// <inheritdoc/>
    public AssemblyResult Complete(AccessUnit unit)
    {
        if (_isOpen)
            return AssemblyResult.Broken;
        unit.IsKeyFrame = _hasSequenceHeader && _startsWithKeyFrame;
        return _hasFrame ? AssemblyResult.Frame : AssemblyResult.NoPicture;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _isOpen = false;
        _hasSequenceHeader = false;
        _hasFrame = false;
        _startsWithKeyFrame = false;
    }

    private bool BeginObu(ReadOnlySpan<byte> element, AccessUnit unit)
    {
        if (element.IsEmpty || (element[0] & ForbiddenBit) != 0)
            return false;
        int header = element[0];
        int headerBytes = (header & ExtensionFlag) != 0 ? 2 : 1;
        if (element.Length < headerBytes)
            return false;
        ReadOnlySpan<byte> content = element[headerBytes..];
        if ((header & SizeFlag) != 0 && !TryReadLeb128(ref content, out _))
            return false;

        int type = (header >> 3) & 0x0F;
        _isSkipped = type is TemporalDelimiter or TileList;
        if (_isSkipped)
            return true;
        Note(type, content);
        ReadOnlySpan<byte> start = [(byte)(header | SizeFlag), headerBytes == 2 ? element[1] : (byte)0];
        _sizeAt = unit.Length + headerBytes;
        return unit.Append(start[..headerBytes]) && unit.Append([0, 0, 0, 0]) && unit.Append(content);
    }

    private bool AppendToObu(ReadOnlySpan<byte> element, AccessUnit unit) => _isSkipped || unit.Append(element);

    private void EndObu(AccessUnit unit)
    {
        if (_isSkipped)
            return;
        int size = unit.Length - _sizeAt - SizeBytes;
        unit.Overwrite(_sizeAt, [(byte)(size | 0x80), (byte)((size >> 7) | 0x80), (byte)((size >> 14) | 0x80), (byte)(size >> 21)]);
    }

    /// <summary>A decoder can begin with a sequence header and, behind it, a key frame that is shown for the first time.</summary>
    private void Note(int type, ReadOnlySpan<byte> content)
    {
        if (type == SequenceHeader)
            _hasSequenceHeader = true;
        if (type is not (FrameHeader or Frame) || _hasFrame)
            return;
        _hasFrame = true;
        _startsWithKeyFrame = !content.IsEmpty && content[0] >> 5 == 0; // show_existing_frame 0, frame_type 0
    }

    private static bool TryReadLeb128(ref ReadOnlySpan<byte> data, out int value)
    {
        value = 0;
        for (int i = 0; i < SizeBytes && i < data.Length; i++)
        {
            value |= (data[i] & 0x7F) << (7 * i);
            if (data[i] >= 0x80)
                continue;
            data = data[(i + 1)..];
            return true;
        }

        return false;
    }
}
