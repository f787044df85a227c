namespace RtcEnhance.Video;

/// <summary>
/// The latest parameter sets of a stream by their ids, as bytes with start code and as fields. Memory is taken only when
/// a set grows, up to a limit. One thread at a time.
/// </summary>
internal sealed class H264ParameterSets
{
    /// <summary>Largest set: real ones have tens of bytes, a few hundred with scaling matrices.</summary>
    public const int MaxSetBytes = 4096;

    private readonly Stored<H264SequenceParameterSet>?[] _sequence = new Stored<H264SequenceParameterSet>?[32];
    private readonly Stored<H264PictureParameterSet>?[] _picture = new Stored<H264PictureParameterSet>?[256];

    /// <summary>Remembers a NAL unit of type 7 or 8; a broken or too large one is ignored.</summary>
    public void Store(ReadOnlySpan<byte> nal)
    {
        // The sender chooses sizes and ids: 288 sets would keep what it sends for ever.
        if (nal.Length > MaxSetBytes)
            return;
        if (H264NalType.Of(nal[0]) == H264NalType.SequenceParameterSet)
        {
            if (H264SequenceParameterSet.TryParse(nal, out H264SequenceParameterSet sequence))
                (_sequence[sequence.Id] ??= new()).Set(nal, sequence);
        }
        else if (H264PictureParameterSet.TryParse(nal, out H264PictureParameterSet picture))
        {
            (_picture[picture.Id] ??= new()).Set(nal, picture);
        }
    }

    /// <summary>The sets that a slice uses; false where one never came.</summary>
    public bool TryFind(ReadOnlySpan<byte> slice, out H264SequenceParameterSet sequence, out H264PictureParameterSet picture)
    {
        sequence = default;
        picture = default;
        int id = H264SliceHeader.ReadPictureSetId(slice);
        if (id < 0 || _picture[id] is not { IsSet: true } foundPicture)
            return false;
        picture = foundPicture.Fields;
        if (_sequence[picture.SequenceId] is not { IsSet: true } foundSequence)
            return false;
        sequence = foundSequence.Fields;
        return true;
    }

    /// <summary>Bytes of a sequence parameter set that <see cref="TryFind"/> gave, with start code.</summary>
    public ReadOnlySpan<byte> SequenceBytes(int id) => _sequence[id]!.Bytes;

    /// <summary>Bytes of a picture parameter set that <see cref="TryFind"/> gave, with start code.</summary>
    public ReadOnlySpan<byte> PictureBytes(int id) => _picture[id]!.Bytes;

    /// <summary>Forgets all sets.</summary>
    public void Reset()
    {
        foreach (Stored<H264SequenceParameterSet>? set in _sequence)
            set?.Clear();
        foreach (Stored<H264PictureParameterSet>? set in _picture)
            set?.Clear();
    }

    private sealed class Stored<T>
        where T : struct
    {
        private byte[] _buffer = [];
        private int _length;

        public T Fields { get; private set; }

        public bool IsSet => _length > 0;

        public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

        public void Set(ReadOnlySpan<byte> nal, T fields)
        {
            int length = H264Depacketizer.StartCode.Length + nal.Length;
            if (length > _buffer.Length)
                _buffer = new byte[length];
            H264Depacketizer.StartCode.CopyTo(_buffer);
            nal.CopyTo(_buffer.AsSpan(H264Depacketizer.StartCode.Length));
            _length = length;
            Fields = fields;
        }

        public void Clear() => _length = 0;
    }
}
