using System.Runtime.Intrinsics;

namespace RtcEnhance;

/// <summary>
/// A vector of floats of one width. Kernels are written once over this and instantiated for 16, 8 and 4 lanes; the
/// JIT specialises each. A multiply-add may or may not be fused, so kernels whose results must be equal on every
/// width keep to whole numbers below 2^24. Thread-safe.
/// </summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal interface IFloatLanes<TSelf>
    where TSelf : struct, IFloatLanes<TSelf>
{
    /// <summary>Lanes in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>The same value in every lane.</summary>
    static abstract TSelf Create(float value);

    /// <summary>Loads <see cref="Count"/> floats at an element offset.</summary>
    static abstract TSelf Load(ref float start, nint offset);

    /// <summary>Loads and widens <see cref="Count"/> bytes at an element offset.</summary>
    static abstract TSelf LoadBytes(ref byte start, nint offset);

    /// <summary>Loads and converts <see cref="Count"/> whole numbers at an element offset.</summary>
    static abstract TSelf LoadIntegers(ref int start, nint offset);

    /// <summary>a x b + c.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The smaller one in each lane.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The larger one in each lane.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The magnitude of each lane.</summary>
    static abstract TSelf Abs(TSelf a);

    /// <summary>The square root of each lane.</summary>
    static abstract TSelf Sqrt(TSelf a);

    /// <summary>Each lane rounded down.</summary>
    static abstract TSelf Floor(TSelf a);

    /// <summary>In each lane, <paramref name="x"/> where a is less than b, else <paramref name="y"/>.</summary>
    static abstract TSelf SelectLess(TSelf a, TSelf b, TSelf x, TSelf y);

    /// <summary>The sum of all lanes of each of four vectors.</summary>
    static abstract Vector128<float> SumFour(TSelf a, TSelf b, TSelf c, TSelf d);

    /// <summary>The sum of each lane.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>The difference of each lane.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>The product of each lane.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>The quotient of each lane.</summary>
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>Stores <see cref="Count"/> floats at an element offset.</summary>
    void Store(ref float start, nint offset);

    /// <summary>Stores <see cref="Count"/> bytes, truncated; every lane must be at least 0 and less than 256.</summary>
    void StoreBytes(ref byte start, nint offset);

    /// <summary>
    /// Stores the lanes of four vectors one after the other as 4 x <see cref="Count"/> bytes, truncated and limited to 0
    /// to 255; every lane must be less than 2^31, either way.
    /// </summary>
    static abstract void StoreBytes(TSelf a, TSelf b, TSelf c, TSelf d, ref byte start, nint offset);

    /// <summary>
    /// Stores 2 x <see cref="Count"/> bytes, this one's lanes at even places and <paramref name="odd"/>'s between
    /// them, truncated; every lane must be at least 0 and less than 256.
    /// </summary>
    void StoreBytePairs(TSelf odd, ref byte start, nint offset);
}
