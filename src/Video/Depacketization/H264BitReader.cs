namespace RtcEnhance.Video;

/// <summary>
/// Reads the bits of a NAL unit's payload and leaves out emulation prevention bytes on the way; past the end it reads
/// zeros and says so. ITU-T H.264 sections 7.3.1 and 9.1. One thread at a time.
/// </summary>
internal ref struct H264BitReader
{
    private readonly ReadOnlySpan<byte> _data;
    private int _position;
    private int _zeros;
    private int _bitsLeft;
    private byte _current;

    /// <summary>A reader behind the NAL unit header.</summary>
    public H264BitReader(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>True once more bits were asked for than there are, or a number did not fit.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>One bit, u(1).</summary>
    public bool ReadFlag() => ReadBits(1) != 0;

    /// <summary>Up to 32 bits, u(n).</summary>
    public uint ReadBits(int count)
    {
        uint value = 0;
        while (count-- > 0)
        {
            if (_bitsLeft == 0)
                LoadByte();
            _bitsLeft--;
            value = (value << 1) | (uint)((_current >> _bitsLeft) & 1);
        }

        return value;
    }

    /// <summary>Exp-Golomb, ue(v).</summary>
    public uint ReadUnsigned()
    {
        int zeros = 0;
        while (!ReadFlag())
        {
            if (++zeros > 31 || IsExhausted)
            {
                IsExhausted = true;
                return 0;
            }
        }

        return zeros == 0 ? 0 : (uint)((1UL << zeros) - 1 + ReadBits(zeros));
    }

    /// <summary>Signed Exp-Golomb, se(v).</summary>
    public int ReadSigned()
    {
        uint code = ReadUnsigned();
        int magnitude = (int)((code >> 1) + (code & 1));
        return (code & 1) != 0 ? magnitude : -magnitude;
    }

    private void LoadByte()
    {
        if (_zeros >= 2 && _position < _data.Length && _data[_position] == 3)
        {
            _position++;
            _zeros = 0;
        }

        if (_position >= _data.Length)
        {
            IsExhausted = true;
            _current = 0;
            _bitsLeft = 8;
            return;
        }

        _current = _data[_position++];
        _zeros = _current == 0 ? _zeros + 1 : 0;
        _bitsLeft = 8;
    }
}
