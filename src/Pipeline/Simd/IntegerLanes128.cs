using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance;

/// <summary>Four whole numbers; also the form that runs where nothing is accelerated. Thread-safe.</summary>
internal readonly struct IntegerLanes128 : IIntegerLanes<IntegerLanes128>
{
    private readonly Vector128<int> _lanes;

    private IntegerLanes128(Vector128<int> lanes) => _lanes = lanes;

    public static int Count => Vector128<int>.Count;

    public static IntegerLanes128 operator +(IntegerLanes128 a, IntegerLanes128 b) => new(a._lanes + b._lanes);

    public static IntegerLanes128 Load(ref int start, nint offset) => new(Vector128.LoadUnsafe(ref start, (nuint)offset));

    public static IntegerLanes128 Load(ref byte start, nint offset) => new(Vector128.LoadUnsafe(ref start, (nuint)offset).AsInt32());

    public static IntegerLanes128 Broadcast4(ref byte start, nint offset)
        => new(Vector128.Create(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref start, offset))));

    public static IntegerLanes128 Broadcast8(ref byte start, nint offset)
        => new(Vector128.Create(Unsafe.ReadUnaligned<long>(ref Unsafe.Add(ref start, offset))).AsInt32());

    public static IntegerLanes128 Broadcast16(ref byte start, nint offset) => Load(ref start, offset);

    public static IntegerLanes128 MultiplyAddBytes(IntegerLanes128 values, IntegerLanes128 weights)
    {
        Vector128<byte> v = values._lanes.AsByte();
        Vector128<sbyte> w = weights._lanes.AsSByte();
        if (Ssse3.IsSupported)
            return new(Ssse3.MultiplyAddAdjacent(v, w).AsInt32());
        if (AdvSimd.Arm64.IsSupported)
        {
            Vector128<short> lower = Vector128.WidenLower(v).AsInt16() * Vector128.WidenLower(w);
            Vector128<short> upper = Vector128.WidenUpper(v).AsInt16() * Vector128.WidenUpper(w);
            return new(AdvSimd.Arm64.AddPairwise(lower, upper).AsInt32());
        }

        Vector128<short> even = (v.AsInt16() & Vector128.Create<short>(0xFF)) * Vector128.ShiftRightArithmetic(w.AsInt16() << 8, 8);
        Vector128<short> odd = Vector128.ShiftRightLogical(v.AsInt16(), 8) * Vector128.ShiftRightArithmetic(w.AsInt16(), 8);
        return new((even + odd).AsInt32());
    }

    public static IntegerLanes128 AddWords(IntegerLanes128 a, IntegerLanes128 b) => new((a._lanes.AsInt16() + b._lanes.AsInt16()).AsInt32());

    public static IntegerLanes128 SumWordPairs(IntegerLanes128 words)
        => AdvSimd.IsSupported
            ? new(AdvSimd.AddPairwiseWidening(words._lanes.AsInt16()))
            : MultiplyAddWords(words, new(Vector128<short>.One.AsInt32()));

    public static IntegerLanes128 MultiplyAddWords(IntegerLanes128 a, IntegerLanes128 b)
    {
        if (Sse2.IsSupported)
            return new(Sse2.MultiplyAddAdjacent(a._lanes.AsInt16(), b._lanes.AsInt16()));
        Vector128<int> even = Vector128.ShiftRightArithmetic(a._lanes << 16, 16) * Vector128.ShiftRightArithmetic(b._lanes << 16, 16);
        return new(even + (Vector128.ShiftRightArithmetic(a._lanes, 16) * Vector128.ShiftRightArithmetic(b._lanes, 16)));
    }

    public static IntegerLanes128 SumPairs(IntegerLanes128 a, IntegerLanes128 b)
    {
        if (Ssse3.IsSupported)
            return new(Ssse3.HorizontalAdd(a._lanes, b._lanes));
        if (AdvSimd.Arm64.IsSupported)
            return new(AdvSimd.Arm64.AddPairwise(a._lanes, b._lanes));
        return new(Vector128.Create(a._lanes[0] + a._lanes[1], a._lanes[2] + a._lanes[3], b._lanes[0] + b._lanes[1], b._lanes[2] + b._lanes[3]));
    }

    public void Store(ref int start, nint offset) => _lanes.StoreUnsafe(ref start, (nuint)offset);

    public void StoreHalves(ref int first, ref int second)
    {
        _lanes.GetLower().StoreUnsafe(ref first);
        _lanes.GetUpper().StoreUnsafe(ref second);
    }
}
