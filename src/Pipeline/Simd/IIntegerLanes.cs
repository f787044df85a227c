namespace RtcEnhance;

/// <summary>
/// A vector of 32-bit whole numbers that is also seen as four times as many bytes or twice as many 16-bit words, with
/// the operations of 8-bit convolutions. All are exact, so every width gives the same sums. Thread-safe.
/// </summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal interface IIntegerLanes<TSelf>
    where TSelf : struct, IIntegerLanes<TSelf>
{
    /// <summary>32-bit lanes in a vector; a multiple of 4.</summary>
    static abstract int Count { get; }

    /// <summary>Loads <see cref="Count"/> lanes at an element offset.</summary>
    static abstract TSelf Load(ref int start, nint offset);

    /// <summary>Loads 4 x <see cref="Count"/> bytes at a byte offset.</summary>
    static abstract TSelf Load(ref byte start, nint offset);

    /// <summary>The four bytes at a byte offset in every lane.</summary>
    static abstract TSelf Broadcast4(ref byte start, nint offset);

    /// <summary>The eight bytes at a byte offset in every two lanes.</summary>
    static abstract TSelf Broadcast8(ref byte start, nint offset);

    /// <summary>The sixteen bytes at a byte offset in every four lanes; only of memory that is never moved.</summary>
    static abstract TSelf Broadcast16(ref byte start, nint offset);

    /// <summary>
    /// The sum of the products of each two neighbouring bytes, as 16-bit words, which they must fit, as values 0 to 255 do
    /// with weights of one sign up to 128 together, or 0 to 127 with any. Machines differ in what they make of larger sums.
    /// </summary>
    static abstract TSelf MultiplyAddBytes(TSelf values, TSelf weights);

    /// <summary>The sum of each 16-bit word; it must fit.</summary>
    static abstract TSelf AddWords(TSelf a, TSelf b);

    /// <summary>The sum of each two neighbouring 16-bit words, as 32-bit lanes.</summary>
    static abstract TSelf SumWordPairs(TSelf words);

    /// <summary>The sum of the products of each two neighbouring 16-bit words, as 32-bit lanes.</summary>
    static abstract TSelf MultiplyAddWords(TSelf a, TSelf b);

    /// <summary>The sums of each two neighbouring lanes of <paramref name="a"/>, then of <paramref name="b"/>.</summary>
    static abstract TSelf SumPairs(TSelf a, TSelf b);

    /// <summary>The sum of each lane.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>Stores <see cref="Count"/> lanes at an element offset.</summary>
    void Store(ref int start, nint offset);

    /// <summary>Stores the first half of the lanes in one place and the second half in another.</summary>
    void StoreHalves(ref int first, ref int second);
}
