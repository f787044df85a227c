using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance;

/// <summary>Eight whole numbers; only for machines where <see cref="Avx2"/> is supported. Thread-safe.</summary>
internal readonly struct IntegerLanes256 : IWordLanes<IntegerLanes256>
{
    private readonly Vector256<int> _lanes;

    private IntegerLanes256(Vector256<int> lanes) => _lanes = lanes;

    public static int Count => Vector256<int>.Count;

    public static IntegerLanes256 operator +(IntegerLanes256 a, IntegerLanes256 b) => new(a._lanes + b._lanes);

    public static IntegerLanes256 operator -(IntegerLanes256 a, IntegerLanes256 b) => new(a._lanes - b._lanes);

    public static IntegerLanes256 Broadcast(int value) => new(Vector256.Create(value));

    public static IntegerLanes256 Load(ref int start, nint offset) => new(Vector256.LoadUnsafe(ref start, (nuint)offset));

    public static IntegerLanes256 Load(ref byte start, nint offset) => new(Vector256.LoadUnsafe(ref start, (nuint)offset).AsInt32());

    public static IntegerLanes256 Broadcast4(ref byte start, nint offset)
        => new(Vector256.Create(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref start, offset))));

    public static IntegerLanes256 Broadcast8(ref byte start, nint offset)
        => new(Vector256.Create(Unsafe.ReadUnaligned<long>(ref Unsafe.Add(ref start, offset))).AsInt32());

    public static IntegerLanes256 Broadcast16(ref byte start, nint offset)
        => new(Vector256.Create(Vector128.LoadUnsafe(ref start, (nuint)offset)).AsInt32());

    public static IntegerLanes256 LoadWords(ref byte start, nint offset, nint step)
        => new(Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref start, (nuint)offset)).AsInt32());

    public static IntegerLanes256 MultiplyAddBytes(IntegerLanes256 values, IntegerLanes256 weights)
        => new(Avx2.MultiplyAddAdjacent(values._lanes.AsByte(), weights._lanes.AsSByte()).AsInt32());

    public static IntegerLanes256 AddWords(IntegerLanes256 a, IntegerLanes256 b) => new((a._lanes.AsInt16() + b._lanes.AsInt16()).AsInt32());

    public static IntegerLanes256 SubtractWords(IntegerLanes256 a, IntegerLanes256 b) => new((a._lanes.AsInt16() - b._lanes.AsInt16()).AsInt32());

    public static IntegerLanes256 QuadrupleWords(IntegerLanes256 words) => new((words._lanes.AsInt16() << 2).AsInt32());

    public static IntegerLanes256 SumWordPairs(IntegerLanes256 words)
        => new(Avx2.MultiplyAddAdjacent(words._lanes.AsInt16(), Vector256<short>.One));

    public static IntegerLanes256 MultiplyAddWords(IntegerLanes256 a, IntegerLanes256 b)
        => new(Avx2.MultiplyAddAdjacent(a._lanes.AsInt16(), b._lanes.AsInt16()));

    // Horizontal addition works within each half.
    public static IntegerLanes256 SumPairs(IntegerLanes256 a, IntegerLanes256 b)
        => new(Avx2.Permute4x64(Avx2.HorizontalAdd(a._lanes, b._lanes).AsInt64(), 0b11_01_10_00).AsInt32());

    // Where there is no fused addition, no chain asks for this.
    public static IntegerLanes256 MultiplyAddFloats(IntegerLanes256 lanes, float factor, IntegerLanes256 added)
        => new(Fma.MultiplyAdd(Vector256.ConvertToSingle(lanes._lanes), Vector256.Create(factor), added._lanes.AsSingle()).AsInt32());

    public void Store(ref byte start, nint offset) => _lanes.AsByte().StoreUnsafe(ref start, (nuint)offset);

    public void Store(ref int start, nint offset) => _lanes.StoreUnsafe(ref start, (nuint)offset);

    public void StoreHalves(ref int first, ref int second)
    {
        _lanes.GetLower().StoreUnsafe(ref first);
        _lanes.GetUpper().StoreUnsafe(ref second);
    }
}
