using System.Buffers.Binary;

namespace RtcEnhance.Video;

/// <summary>
/// H.264 from RTP, RFC 6184 packetization modes 0 and 1: single NAL units, STAP-A and FU-A; other kinds are skipped and
/// counted. Frames come out as Annex B byte streams; an IDR picture that came without its parameter sets gets the latest
/// ones. One thread at a time.
/// </summary>
internal sealed class H264Depacketizer : IDepacketizer
{
    private const int FragmentStart = 0x80;
    private const int FragmentEnd = 0x40;

    private readonly H264ParameterSets _sets = new();
    private int _nalStart;
    private bool _inFragment;
    private bool _hasSequenceSet;
    private bool _hasPictureSet;
    private int _firstSliceStart = -1;
    private int _firstSliceEnd;

    /// <summary>What precedes each NAL unit of the output.</summary>
    public static ReadOnlySpan<byte> StartCode => [0, 0, 0, 1];

    /// <inheritdoc/>
    public VideoCodec Codec => VideoCodec.H264;

    /// <inheritdoc/>
    public bool TryParse(ReadOnlySpan<byte> payload, out PayloadInfo info)
    {
        info = default;
        if (payload.IsEmpty)
            return true;

        int type = H264NalType.Of(payload[0]);
        switch (type)
        {
            case >= H264NalType.Slice and <= H264NalType.LastSingleNal:
                info = new PayloadInfo { HasContent = true, StartsFrame = StartsPicture(type, payload[1..]) };
                return payload.Length >= 2;
            case H264NalType.StapA:
                if (payload.Length < 4)
                    return false;
                info = new PayloadInfo { HasContent = true, StartsFrame = StartsPicture(H264NalType.Of(payload[3]), payload[4..]) };
                return true;
            case H264NalType.FuA:
                if (payload.Length < 3)
                    return false;
                int inner = H264NalType.Of(payload[1]);
                bool starts = (payload[1] & FragmentStart) != 0 && StartsPicture(inner, payload[2..]);
                info = new PayloadInfo { HasContent = true, StartsFrame = starts };
                return inner is >= H264NalType.Slice and <= H264NalType.LastSingleNal;
            default:
                info = new PayloadInfo { IsUnsupported = true };
                return true;
        }
    }

    /// <inheritdoc/>
    public bool IsContinuous(in PayloadInfo previous, in PayloadInfo current) => false;

    /// <inheritdoc/>
    public bool Append(ReadOnlySpan<byte> payload, in PayloadInfo info, AccessUnit unit)
    {
        if (unit.Length == 0)
            BeginUnit();

        int type = H264NalType.Of(payload[0]);
        if (type == H264NalType.FuA)
            return AppendFragment(payload, unit);
        if (_inFragment)
            return false;
        if (type != H264NalType.StapA)
            return AppendNal(payload, unit);

        ReadOnlySpan<byte> rest = payload[1..];
        while (rest.Length >= 2)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (length == 0 || length > rest.Length - 2)
                return false;
            if (!AppendNal(rest.Slice(2, length), unit))
                return false;
            rest = rest[(2 + length)..];
        }

        return rest.IsEmpty;
    }

    /// <inheritdoc/>
    public AssemblyResult Complete(AccessUnit unit)
    {
        if (_inFragment || unit.Length == 0)
            return AssemblyResult.Broken;
        if (_firstSliceStart < 0)
            return AssemblyResult.NoPicture;

        ReadOnlySpan<byte> slice = unit.Bytes[_firstSliceStart.._firstSliceEnd];
        if (!_sets.TryFind(slice, out H264SequenceParameterSet sequence, out H264PictureParameterSet picture))
            return AssemblyResult.Frame;

        unit.Qp = H264SliceHeader.ReadQp(slice, sequence, picture);
        bool fits = true;
        if (unit.IsKeyFrame && !_hasPictureSet)
            fits = unit.Prepend(_sets.PictureBytes(picture.Id));
        if (unit.IsKeyFrame && !_hasSequenceSet)
            fits = fits && unit.Prepend(_sets.SequenceBytes(sequence.Id));
        return fits ? AssemblyResult.Frame : AssemblyResult.Broken;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _sets.Reset();
        BeginUnit();
    }

    // After a hole only what can stand first in an access unit proves a start: its parameter sets, or the slice with
    // first_mb_in_slice 0, whose Exp-Golomb code is a single set bit.
    private static bool StartsPicture(int type, ReadOnlySpan<byte> body) => type switch
    {
        H264NalType.Slice or H264NalType.IdrSlice => !body.IsEmpty && (body[0] & 0x80) != 0,
        H264NalType.Sei or H264NalType.SequenceParameterSet or H264NalType.PictureParameterSet => true,
        H264NalType.AccessUnitDelimiter => true,
        _ => false,
    };

    private void BeginUnit()
    {
        _inFragment = false;
        _hasSequenceSet = false;
        _hasPictureSet = false;
        _firstSliceStart = -1;
    }

    private bool AppendFragment(ReadOnlySpan<byte> payload, AccessUnit unit)
    {
        byte header = payload[1];
        bool isStart = (header & FragmentStart) != 0;
        if (isStart == _inFragment)
            return false;
        if (isStart)
        {
            _nalStart = unit.Length + StartCode.Length;
            _inFragment = true;
            Span<byte> nalHeader = [(byte)((payload[0] & 0xE0) | (header & 0x1F))];
            if (!unit.Append(StartCode) || !unit.Append(nalHeader))
                return false;
        }

        if (!unit.Append(payload[2..]))
            return false;
        if ((header & FragmentEnd) != 0)
        {
            _inFragment = false;
            ObserveNal(unit);
        }

        return true;
    }

    private bool AppendNal(ReadOnlySpan<byte> nal, AccessUnit unit)
    {
        _nalStart = unit.Length + StartCode.Length;
        if (!unit.Append(StartCode) || !unit.Append(nal))
            return false;
        ObserveNal(unit);
        return true;
    }

    private void ObserveNal(AccessUnit unit)
    {
        ReadOnlySpan<byte> nal = unit.Bytes[_nalStart..];
        switch (H264NalType.Of(nal[0]))
        {
            case H264NalType.SequenceParameterSet:
                _sets.Store(nal);
                _hasSequenceSet = true;
                break;
            case H264NalType.PictureParameterSet:
                _sets.Store(nal);
                _hasPictureSet = true;
                break;
            case H264NalType.Slice or H264NalType.IdrSlice:
                unit.IsKeyFrame |= H264NalType.Of(nal[0]) == H264NalType.IdrSlice;
                if (_firstSliceStart < 0)
                {
                    _firstSliceStart = _nalStart;
                    _firstSliceEnd = unit.Length;
                }

                break;
            default:
                break;
        }
    }
}
