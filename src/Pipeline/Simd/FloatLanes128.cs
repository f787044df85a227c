using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance;

/// <summary>Four floats; also the form that runs where nothing is accelerated. Thread-safe.</summary>
internal readonly struct FloatLanes128 : IFloatLanes<FloatLanes128>
{
    private readonly Vector128<float> _lanes;

    internal FloatLanes128(Vector128<float> lanes) => _lanes = lanes;

    public static int Count => Vector128<float>.Count;

    public static FloatLanes128 operator +(FloatLanes128 a, FloatLanes128 b) => new(a._lanes + b._lanes);

    public static FloatLanes128 operator -(FloatLanes128 a, FloatLanes128 b) => new(a._lanes - b._lanes);

    public static FloatLanes128 operator *(FloatLanes128 a, FloatLanes128 b) => new(a._lanes * b._lanes);

    public static FloatLanes128 operator /(FloatLanes128 a, FloatLanes128 b) => new(a._lanes / b._lanes);

    public static FloatLanes128 Create(float value) => new(Vector128.Create(value));

    public static FloatLanes128 Load(ref float start, nint offset) => new(Vector128.LoadUnsafe(ref start, (nuint)offset));

    public static FloatLanes128 LoadBytes(ref byte start, nint offset)
    {
        uint four = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, offset));
        Vector128<ushort> words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(four).AsByte());
        return new(Vector128.ConvertToSingle(Vector128.WidenLower(words).AsInt32()));
    }

    public static FloatLanes128 LoadIntegers(ref int start, nint offset)
        => new(Vector128.ConvertToSingle(Vector128.LoadUnsafe(ref start, (nuint)offset)));

    public static FloatLanes128 MultiplyAdd(FloatLanes128 a, FloatLanes128 b, FloatLanes128 c)
        => new(Vector128.MultiplyAddEstimate(a._lanes, b._lanes, c._lanes));

    // The native forms differ from IEEE minimum and maximum in not-a-number alone, which no kernel makes.
    public static FloatLanes128 Min(FloatLanes128 a, FloatLanes128 b) => new(Vector128.MinNative(a._lanes, b._lanes));

    public static FloatLanes128 Max(FloatLanes128 a, FloatLanes128 b) => new(Vector128.MaxNative(a._lanes, b._lanes));

    public static FloatLanes128 Abs(FloatLanes128 a) => new(Vector128.Abs(a._lanes));

    public static FloatLanes128 Sqrt(FloatLanes128 a) => new(Vector128.Sqrt(a._lanes));

    public static FloatLanes128 Floor(FloatLanes128 a) => new(Vector128.Floor(a._lanes));

    public static FloatLanes128 SelectLess(FloatLanes128 a, FloatLanes128 b, FloatLanes128 x, FloatLanes128 y)
        => new(Vector128.ConditionalSelect(Vector128.LessThan(a._lanes, b._lanes), x._lanes, y._lanes));

    public static Vector128<float> SumFour(FloatLanes128 a, FloatLanes128 b, FloatLanes128 c, FloatLanes128 d)
        => Vector128.Create(Vector128.Sum(a._lanes), Vector128.Sum(b._lanes), Vector128.Sum(c._lanes), Vector128.Sum(d._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(FloatLanes128 a, FloatLanes128 b, FloatLanes128 c, FloatLanes128 d, ref byte start, nint offset)
    {
        Vector128<short> lower = Vector128.NarrowWithSaturation(Vector128.ConvertToInt32Native(a._lanes), Vector128.ConvertToInt32Native(b._lanes));
        Vector128<short> upper = Vector128.NarrowWithSaturation(Vector128.ConvertToInt32Native(c._lanes), Vector128.ConvertToInt32Native(d._lanes));
        Vector128<byte> bytes = Sse2.IsSupported
            ? Sse2.PackUnsignedSaturate(lower, upper)
            : Vector128.NarrowWithSaturation(Vector128.Max(lower, Vector128<short>.Zero).AsUInt16(), Vector128.Max(upper, Vector128<short>.Zero).AsUInt16());
        bytes.StoreUnsafe(ref start, (nuint)offset);
    }

    public void Store(ref float start, nint offset) => _lanes.StoreUnsafe(ref start, (nuint)offset);

    public void StoreBytes(ref byte start, nint offset)
    {
        Vector128<ushort> words = Narrow(Vector128.ConvertToInt32Native(_lanes));
        uint four = Vector128.Narrow(words, words).AsUInt32().ToScalar();
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, offset), four);
    }

    // Lane i becomes the 16-bit word even[i] + 256 odd[i], whose bytes lie in the wanted order.
    public void StoreBytePairs(FloatLanes128 odd, ref byte start, nint offset)
    {
        Vector128<int> words = Vector128.ConvertToInt32Native(_lanes) | (Vector128.ConvertToInt32Native(odd._lanes) << 8);
        ulong eight = Narrow(words).AsUInt64().ToScalar();
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, offset), eight);
    }

    private static Vector128<ushort> Narrow(Vector128<int> lanes) => Vector128.Narrow(lanes.AsUInt32(), lanes.AsUInt32());
}
