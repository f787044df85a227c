namespace RtcEnhance.Video;

/// <summary>
/// The boolean entropy decoder of VP8, bit by bit: it only reads a few dozen header fields. Zeros follow the end of the
/// data. RFC 6386 section 7.3. One thread at a time.
/// </summary>
internal ref struct BoolDecoder
{
    private readonly ReadOnlySpan<byte> _data;
    private int _position;
    private uint _value;
    private uint _range;
    private int _bitCount;

    /// <summary>A decoder at the start of a partition.</summary>
    public BoolDecoder(ReadOnlySpan<byte> data)
    {
        _data = data;
        _range = 255;
        _value = (uint)(NextByte() << 8);
        _value |= NextByte();
    }

    /// <summary>True once the decoder needed bits beyond the data; it always holds two bytes ahead.</summary>
    public readonly bool IsExhausted => _position > _data.Length + 2;

    /// <summary>One flag of even probability.</summary>
    public bool ReadFlag() => ReadBool(128);

    /// <summary>An unsigned number, most significant bit first.</summary>
    public int ReadLiteral(int bits)
    {
        int value = 0;
        while (bits-- > 0)
            value = (value << 1) | (ReadBool(128) ? 1 : 0);
        return value;
    }

    /// <summary>A flag, and where it is set a number of this many bits and its sign; else 0.</summary>
    public int ReadOptionalSigned(int bits)
    {
        if (!ReadFlag())
            return 0;
        int value = ReadLiteral(bits);
        return ReadFlag() ? -value : value;
    }

    /// <summary>One flag that is clear with probability <paramref name="probability"/> / 256.</summary>
    public bool ReadBool(int probability)
    {
        uint split = 1 + (((_range - 1) * (uint)probability) >> 8);
        uint bigSplit = split << 8;
        bool bit = _value >= bigSplit;
        if (bit)
        {
            _range -= split;
            _value -= bigSplit;
        }
        else
        {
            _range = split;
        }

        while (_range < 128)
        {
            _value <<= 1;
            _range <<= 1;
            if (++_bitCount == 8)
            {
                _bitCount = 0;
                _value |= NextByte();
            }
        }

        return bit;
    }

    private uint NextByte()
    {
        uint value = _position < _data.Length ? _data[_position] : 0u;
        _position++;
        return value;
    }
}
