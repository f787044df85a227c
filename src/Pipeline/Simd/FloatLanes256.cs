using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance;

/// <summary>Eight floats; only for machines where <see cref="Avx2"/> is supported. Thread-safe.</summary>
internal readonly struct FloatLanes256 : IFloatLanes<FloatLanes256>
{
    private readonly Vector256<float> _lanes;

    internal FloatLanes256(Vector256<float> lanes) => _lanes = lanes;

    public static int Count => Vector256<float>.Count;

    public static FloatLanes256 operator +(FloatLanes256 a, FloatLanes256 b) => new(a._lanes + b._lanes);

    public static FloatLanes256 operator -(FloatLanes256 a, FloatLanes256 b) => new(a._lanes - b._lanes);

    public static FloatLanes256 operator *(FloatLanes256 a, FloatLanes256 b) => new(a._lanes * b._lanes);

    public static FloatLanes256 operator /(FloatLanes256 a, FloatLanes256 b) => new(a._lanes / b._lanes);

    public static FloatLanes256 Create(float value) => new(Vector256.Create(value));

    public static FloatLanes256 Load(ref float start, nint offset) => new(Vector256.LoadUnsafe(ref start, (nuint)offset));

    public static FloatLanes256 LoadBytes(ref byte start, nint offset)
    {
        ulong eight = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset));
        Vector128<ushort> words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(eight).AsByte());
        return new(Vector256.ConvertToSingle(Vector256.WidenLower(words.ToVector256Unsafe()).AsInt32()));
    }

    public static FloatLanes256 LoadIntegers(ref int start, nint offset)
        => new(Vector256.ConvertToSingle(Vector256.LoadUnsafe(ref start, (nuint)offset)));

    public static FloatLanes256 MultiplyAdd(FloatLanes256 a, FloatLanes256 b, FloatLanes256 c)
        => new(Vector256.MultiplyAddEstimate(a._lanes, b._lanes, c._lanes));

    // The native forms differ from IEEE minimum and maximum in not-a-number alone, which no kernel makes.
    public static FloatLanes256 Min(FloatLanes256 a, FloatLanes256 b) => new(Vector256.MinNative(a._lanes, b._lanes));

    public static FloatLanes256 Max(FloatLanes256 a, FloatLanes256 b) => new(Vector256.MaxNative(a._lanes, b._lanes));

    public static FloatLanes256 Abs(FloatLanes256 a) => new(Vector256.Abs(a._lanes));

    public static FloatLanes256 Sqrt(FloatLanes256 a) => new(Vector256.Sqrt(a._lanes));

    public static FloatLanes256 Floor(FloatLanes256 a) => new(Vector256.Floor(a._lanes));

    public static FloatLanes256 SelectLess(FloatLanes256 a, FloatLanes256 b, FloatLanes256 x, FloatLanes256 y)
        => new(Vector256.ConditionalSelect(Vector256.LessThan(a._lanes, b._lanes), x._lanes, y._lanes));

    public static Vector128<float> SumFour(FloatLanes256 a, FloatLanes256 b, FloatLanes256 c, FloatLanes256 d)
        => FloatLanes128.SumFour(Lower(a) + Upper(a), Lower(b) + Upper(b), Lower(c) + Upper(c), Lower(d) + Upper(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(FloatLanes256 a, FloatLanes256 b, FloatLanes256 c, FloatLanes256 d, ref byte start, nint offset)
    {
        // Packing goes by groups of four lanes: of each group of sixteen bytes the vectors' parts lie side by side.
        Vector256<short> lower = Avx2.PackSignedSaturate(Vector256.ConvertToInt32Native(a._lanes), Vector256.ConvertToInt32Native(b._lanes));
        Vector256<short> upper = Avx2.PackSignedSaturate(Vector256.ConvertToInt32Native(c._lanes), Vector256.ConvertToInt32Native(d._lanes));
        Vector256<int> order = Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7);
        Vector256<int> bytes = Avx2.PackUnsignedSaturate(lower, upper).AsInt32();
        Avx2.PermuteVar8x32(bytes, order).AsByte().StoreUnsafe(ref start, (nuint)offset);
    }

    public void Store(ref float start, nint offset) => _lanes.StoreUnsafe(ref start, (nuint)offset);

    public void StoreBytes(ref byte start, nint offset)
    {
        Vector128<ushort> words = Narrow(Vector256.ConvertToInt32Native(_lanes));
        ulong eight = Vector128.Narrow(words, words).AsUInt64().ToScalar();
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, offset), eight);
    }

    // Lane i becomes the 16-bit word even[i] + 256 odd[i], whose bytes lie in the wanted order.
    public void StoreBytePairs(FloatLanes256 odd, ref byte start, nint offset)
    {
        Vector256<int> words = Vector256.ConvertToInt32Native(_lanes) | (Vector256.ConvertToInt32Native(odd._lanes) << 8);
        Narrow(words).AsByte().StoreUnsafe(ref start, (nuint)offset);
    }

    private static Vector128<ushort> Narrow(Vector256<int> lanes)
        => Vector128.Narrow(lanes.GetLower().AsUInt32(), lanes.GetUpper().AsUInt32());

    private static FloatLanes128 Lower(FloatLanes256 lanes) => new(lanes._lanes.GetLower());

    private static FloatLanes128 Upper(FloatLanes256 lanes) => new(lanes._lanes.GetUpper());
}
