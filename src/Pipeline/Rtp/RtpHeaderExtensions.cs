namespace RtcEnhance;

/// <summary>
/// The elements of an RFC 8285 header extension, one-byte (profile 0xBEDE) or two-byte (0x100x) form, to be read with
/// <c>foreach</c>. Data that is cut short ends the list; nothing throws. One thread at a time.
/// </summary>
public ref struct RtpHeaderExtensions
{
    private const ushort OneByteProfile = 0xBEDE;
    private const ushort TwoByteProfile = 0x1000;
    private const ushort TwoByteProfileMask = 0xFFF0;

    private readonly bool _isOneByte;
    private ReadOnlySpan<byte> _rest;

    /// <summary>The elements of a header extension.</summary>
    /// <param name="profile">The extension's "defined by profile" field; no elements where it is not RFC 8285's.</param>
    /// <param name="data">The extension's data, after its profile and length fields.</param>
    public RtpHeaderExtensions(ushort profile, ReadOnlySpan<byte> data)
    {
        _isOneByte = profile == OneByteProfile;
        _rest = _isOneByte || (profile & TwoByteProfileMask) == TwoByteProfile ? data : default;
        Current = default;
    }

    /// <summary>The element that <see cref="MoveNext"/> went to.</summary>
    public RtpHeaderExtension Current { get; private set; }

    /// <summary>The elements, from where this enumerator stands.</summary>
    /// <returns>A copy.</returns>
    public readonly RtpHeaderExtensions GetEnumerator() => this;

    /// <summary>Goes to the next element, past padding.</summary>
    /// <returns>False at the end, or where the data is cut short.</returns>
    public bool MoveNext()
    {
        // A zero byte is padding in both forms; in the one-byte form only where its length bits are zero as well.
        while (!_rest.IsEmpty && _rest[0] == 0)
            _rest = _rest[1..];

        int header = _isOneByte ? 1 : 2;
        if (_rest.Length < header)
            return End();

        byte id = _isOneByte ? (byte)(_rest[0] >> 4) : _rest[0];
        int length = _isOneByte ? (_rest[0] & 0x0F) + 1 : _rest[1];

        // RFC 8285 section 4.2: identifier 15 stops the reading of the whole extension; 0 with a length is malformed.
        if (_isOneByte && id is 0 or 15)
            return End();
        if (_rest.Length < header + length)
            return End();

        Current = new RtpHeaderExtension(id, _rest.Slice(header, length));
        _rest = _rest[(header + length)..];
        return true;
    }

    private bool End()
    {
        _rest = default;
        Current = default;
        return false;
    }
}
