namespace RtcEnhance;

/// <summary>A vector of whole numbers with the operations of minimal filtering. All are exact. Thread-safe.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal interface IWordLanes<TSelf> : IIntegerLanes<TSelf>
    where TSelf : struct, IWordLanes<TSelf>
{
    /// <summary>One number in every lane.</summary>
    static abstract TSelf Broadcast(int value);

    /// <summary>
    /// Bytes, as words: 16 of them, and where the vector has room for more, those <paramref name="step"/> bytes further on.
    /// </summary>
    static abstract TSelf LoadWords(ref byte start, nint offset, nint step);

    /// <summary>The difference of each 16-bit word; it must fit.</summary>
    static abstract TSelf SubtractWords(TSelf a, TSelf b);

    /// <summary>Four times each 16-bit word; it must fit.</summary>
    static abstract TSelf QuadrupleWords(TSelf words);

    /// <summary>Each lane as a float by a factor, and added to the float in the lane of <paramref name="added"/>, rounded once.</summary>
    static abstract TSelf MultiplyAddFloats(TSelf lanes, float factor, TSelf added);

    /// <summary>The difference of each lane.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>Stores the vector at a byte offset.</summary>
    void Store(ref byte start, nint offset);
}
