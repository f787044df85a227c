using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance;

/// <summary>Sixteen floats; only for machines where <see cref="Avx512BW"/> is supported. Thread-safe.</summary>
internal readonly struct FloatLanes512 : IFloatLanes<FloatLanes512>
{
    private readonly Vector512<float> _lanes;

    private FloatLanes512(Vector512<float> lanes) => _lanes = lanes;

    public static int Count => Vector512<float>.Count;

    public static FloatLanes512 operator +(FloatLanes512 a, FloatLanes512 b) => new(a._lanes + b._lanes);

    public static FloatLanes512 operator -(FloatLanes512 a, FloatLanes512 b) => new(a._lanes - b._lanes);

    public static FloatLanes512 operator *(FloatLanes512 a, FloatLanes512 b) => new(a._lanes * b._lanes);

    public static FloatLanes512 operator /(FloatLanes512 a, FloatLanes512 b) => new(a._lanes / b._lanes);

    public static FloatLanes512 Create(float value) => new(Vector512.Create(value));

    public static FloatLanes512 Load(ref float start, nint offset) => new(Vector512.LoadUnsafe(ref start, (nuint)offset));

    public static FloatLanes512 LoadBytes(ref byte start, nint offset)
        => new(Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref start, (nuint)offset))));

    public static FloatLanes512 LoadIntegers(ref int start, nint offset)
        => new(Vector512.ConvertToSingle(Vector512.LoadUnsafe(ref start, (nuint)offset)));

    public static FloatLanes512 MultiplyAdd(FloatLanes512 a, FloatLanes512 b, FloatLanes512 c)
        => new(Vector512.MultiplyAddEstimate(a._lanes, b._lanes, c._lanes));

    // The native forms differ from IEEE minimum and maximum in not-a-number alone, which no kernel makes.
    public static FloatLanes512 Min(FloatLanes512 a, FloatLanes512 b) => new(Vector512.MinNative(a._lanes, b._lanes));

    public static FloatLanes512 Max(FloatLanes512 a, FloatLanes512 b) => new(Vector512.MaxNative(a._lanes, b._lanes));

    public static FloatLanes512 Abs(FloatLanes512 a) => new(Vector512.Abs(a._lanes));

    public static FloatLanes512 Sqrt(FloatLanes512 a) => new(Vector512.Sqrt(a._lanes));

    public static FloatLanes512 Floor(FloatLanes512 a) => new(Vector512.Floor(a._lanes));

    public static FloatLanes512 SelectLess(FloatLanes512 a, FloatLanes512 b, FloatLanes512 x, FloatLanes512 y)
        => new(Vector512.ConditionalSelect(Vector512.LessThan(a._lanes, b._lanes), x._lanes, y._lanes));

    public static Vector128<float> SumFour(FloatLanes512 a, FloatLanes512 b, FloatLanes512 c, FloatLanes512 d)
        => FloatLanes256.SumFour(Halve(a), Halve(b), Halve(c), Halve(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(FloatLanes512 a, FloatLanes512 b, FloatLanes512 c, FloatLanes512 d, ref byte start, nint offset)
    {
        // Packing goes by groups of four lanes: of each group of sixteen bytes the vectors' parts lie side by side.
        Vector512<short> lower = Avx512BW.PackSignedSaturate(Vector512.ConvertToInt32Native(a._lanes), Vector512.ConvertToInt32Native(b._lanes));
        Vector512<short> upper = Avx512BW.PackSignedSaturate(Vector512.ConvertToInt32Native(c._lanes), Vector512.ConvertToInt32Native(d._lanes));
        Vector512<int> order = Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        Vector512<int> bytes = Avx512BW.PackUnsignedSaturate(lower, upper).AsInt32();
        Avx512F.PermuteVar16x32(bytes, order).AsByte().StoreUnsafe(ref start, (nuint)offset);
    }

    public void Store(ref float start, nint offset) => _lanes.StoreUnsafe(ref start, (nuint)offset);

    public void StoreBytes(ref byte start, nint offset)
        => Avx512F.ConvertToVector128Byte(Vector512.ConvertToInt32Native(_lanes)).StoreUnsafe(ref start, (nuint)offset);

    // Lane i becomes the 16-bit word even[i] + 256 odd[i], whose bytes lie in the wanted order.
    public void StoreBytePairs(FloatLanes512 odd, ref byte start, nint offset)
    {
        Vector512<int> words = Vector512.ConvertToInt32Native(_lanes) | (Vector512.ConvertToInt32Native(odd._lanes) << 8);
        Avx512F.ConvertToVector256UInt16(words).AsByte().StoreUnsafe(ref start, (nuint)offset);
    }

    private static FloatLanes256 Halve(FloatLanes512 lanes) => new(lanes._lanes.GetLower() + lanes._lanes.GetUpper());
}
