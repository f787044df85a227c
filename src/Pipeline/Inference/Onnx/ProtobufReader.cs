using System.Buffers.Binary;
using System.Text;

namespace RtcEnhance.Inference;

/// <summary>
/// Reads the fields of one protobuf message, checking every length against the bytes that are there. One thread at a
/// time.
/// </summary>
internal ref struct ProtobufReader
{
    private const int LongestText = 4096;

    private readonly ReadOnlySpan<byte> _data;
    private readonly string _model;
    private readonly string _part;
    private int _position;
    private int _wireType;

    /// <summary>A reader of one message.</summary>
    /// <param name="data">The message.</param>
    /// <param name="model">The model's name, for messages.</param>
    /// <param name="part">What the message describes, for messages.</param>
    public ProtobufReader(ReadOnlySpan<byte> data, string model, string part)
    {
        _data = data;
        _model = model;
        _part = part;
    }

    /// <summary>The number of the field that <see cref="Next"/> came to.</summary>
    public int Field { get; private set; }

    /// <summary>True where the current field is a run of bytes: text, a message or packed numbers.</summary>
    public readonly bool IsBytes => _wireType == 2;

    /// <summary>Goes to the next field; its value must then be read or skipped.</summary>
    /// <returns>False at the end of the message.</returns>
    public bool Next()
    {
        if (_position == _data.Length)
            return false;
        ulong tag = ReadVarint();
        Field = (int)Math.Min(tag >> 3, int.MaxValue);
        _wireType = (int)(tag & 7);
        if (Field == 0 || _wireType is 3 or 4 or > 5)
            throw Fault("a protobuf field", $"tag {tag} before byte {_position}");
        return true;
    }

    /// <summary>Passes over the current field's value.</summary>
    public void Skip()
    {
        switch (_wireType)
        {
            case 0: ReadVarint(); break;
            case 1: Take(8); break;
            case 2: ReadBytes(); break;
            default: Take(4); break;
        }
    }

    /// <summary>A whole number.</summary>
    public long ReadInteger()
    {
        Expect(0, "a whole number");
        return (long)ReadVarint();
    }

    /// <summary>A 32-bit float.</summary>
    public float ReadSingle()
    {
        Expect(5, "a float");
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    /// <summary>A run of bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        Expect(2, "a length and bytes");
        ulong length = ReadVarint();
        if (length > (ulong)(_data.Length - _position))
            throw Fault($"{length} bytes in field {Field}", $"{_data.Length - _position}");
        return Take((int)length);
    }

    /// <summary>A name or text.</summary>
    public string ReadText()
    {
        ReadOnlySpan<byte> bytes = ReadBytes();
        return bytes.Length <= LongestText
            ? Encoding.UTF8.GetString(bytes)
            : throw Fault($"a text of at most {LongestText} bytes in field {Field}", $"{bytes.Length}");
    }

    /// <summary>Appends the current field's whole numbers, packed or single.</summary>
    /// <param name="values">The list.</param>
    /// <param name="most">Most values the list may hold.</param>
    public void ReadIntegers(List<long> values, int most)
    {
        if (!IsBytes)
        {
            Append(values, ReadInteger(), most);
            return;
        }

        var packed = new ProtobufReader(ReadBytes(), _model, _part);
        while (packed._position < packed._data.Length)
            Append(values, (long)packed.ReadVarint(), most);
    }

    /// <summary>An exception about this message.</summary>
    public readonly ModelFormatException Fault(string expected, string found) => new(_model, _part, expected, found);

    private readonly void Append(List<long> values, long value, int most)
    {
        if (values.Count == most)
            throw Fault($"at most {most} values in field {Field}", "more");
        values.Add(value);
    }

    private readonly void Expect(int wireType, string what)
    {
        if (_wireType != wireType)
            throw Fault($"{what} in field {Field}", $"wire type {_wireType}");
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw Fault("a whole number of at most 10 bytes", $"a longer one before byte {_position}");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _data.Length - _position)
            throw Fault($"{count} more bytes", $"the end at byte {_data.Length}");
        ReadOnlySpan<byte> taken = _data.Slice(_position, count);
        _position += count;
        return taken;
    }
}
