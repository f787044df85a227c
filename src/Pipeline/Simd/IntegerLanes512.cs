using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance;

/// <summary>Sixteen whole numbers; only for machines where <see cref="Avx512BW"/> is supported. Thread-safe.</summary>
internal readonly struct IntegerLanes512 : IWordLanes<IntegerLanes512>
{
    private readonly Vector512<int> _lanes;

    private IntegerLanes512(Vector512<int> lanes) => _lanes = lanes;

    public static int Count => Vector512<int>.Count;

    public static IntegerLanes512 operator +(IntegerLanes512 a, IntegerLanes512 b) => new(a._lanes + b._lanes);

    public static IntegerLanes512 operator -(IntegerLanes512 a, IntegerLanes512 b) => new(a._lanes - b._lanes);

    public static IntegerLanes512 Broadcast(int value) => new(Vector512.Create(value));

    public static IntegerLanes512 Load(ref int start, nint offset) => new(Vector512.LoadUnsafe(ref start, (nuint)offset));

    public static IntegerLanes512 Load(ref byte start, nint offset) => new(Vector512.LoadUnsafe(ref start, (nuint)offset).AsInt32());

    public static IntegerLanes512 Broadcast4(ref byte start, nint offset)
        => new(Vector512.Create(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref start, offset))));

    public static IntegerLanes512 Broadcast8(ref byte start, nint offset)
        => new(Vector512.Create(Unsafe.ReadUnaligned<long>(ref Unsafe.Add(ref start, offset))).AsInt32());

    // The load repeats by itself; built of a smaller vector it takes three shuffles.
    public static unsafe IntegerLanes512 Broadcast16(ref byte start, nint offset)
        => new(Avx512F.BroadcastVector128ToVector512((int*)Unsafe.AsPointer(ref Unsafe.Add(ref start, offset))));

    public static IntegerLanes512 LoadWords(ref byte start, nint offset, nint step)
        => new(Avx512BW.ConvertToVector512Int16(Vector256.Create(
            Vector128.LoadUnsafe(ref start, (nuint)offset), Vector128.LoadUnsafe(ref start, (nuint)(offset + step)))).AsInt32());

    public static IntegerLanes512 MultiplyAddBytes(IntegerLanes512 values, IntegerLanes512 weights)
        => new(Avx512BW.MultiplyAddAdjacent(values._lanes.AsByte(), weights._lanes.AsSByte()).AsInt32());

    public static IntegerLanes512 AddWords(IntegerLanes512 a, IntegerLanes512 b) => new((a._lanes.AsInt16() + b._lanes.AsInt16()).AsInt32());

    public static IntegerLanes512 SubtractWords(IntegerLanes512 a, IntegerLanes512 b) => new((a._lanes.AsInt16() - b._lanes.AsInt16()).AsInt32());

    public static IntegerLanes512 QuadrupleWords(IntegerLanes512 words) => new((words._lanes.AsInt16() << 2).AsInt32());

    public static IntegerLanes512 SumWordPairs(IntegerLanes512 words)
        => new(Avx512BW.MultiplyAddAdjacent(words._lanes.AsInt16(), Vector512<short>.One));

    public static IntegerLanes512 MultiplyAddWords(IntegerLanes512 a, IntegerLanes512 b)
        => new(Avx512BW.MultiplyAddAdjacent(a._lanes.AsInt16(), b._lanes.AsInt16()));

    public static IntegerLanes512 SumPairs(IntegerLanes512 a, IntegerLanes512 b)
    {
        Vector512<int> even = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        return new(Avx512F.PermuteVar16x32x2(a._lanes, even, b._lanes) + Avx512F.PermuteVar16x32x2(a._lanes, even + Vector512<int>.One, b._lanes));
    }

    public static IntegerLanes512 MultiplyAddFloats(IntegerLanes512 lanes, float factor, IntegerLanes512 added)
        => new(Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(lanes._lanes), Vector512.Create(factor), added._lanes.AsSingle()).AsInt32());

    public void Store(ref byte start, nint offset) => _lanes.AsByte().StoreUnsafe(ref start, (nuint)offset);

    public void Store(ref int start, nint offset) => _lanes.StoreUnsafe(ref start, (nuint)offset);

    public void StoreHalves(ref int first, ref int second)
    {
        _lanes.GetLower().StoreUnsafe(ref first);
        _lanes.GetUpper().StoreUnsafe(ref second);
    }
}
