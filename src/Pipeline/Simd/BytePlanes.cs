using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RtcEnhance;

/// <summary>Puts the samples of byte planes beside one another. Thread-safe.</summary>
internal static class BytePlanes
{
    /// <summary>Samples of each plane that <see cref="InterleaveThree(ref byte, int, ref byte)"/> reads.</summary>
    public const int ThreeSamples = 16;

    /// <summary>Interleaves any number of planes.</summary>
    /// <param name="planes">The planes, one after the other.</param>
    /// <param name="stride">Bytes from one plane to the next; of three planes at least the next multiple of 16 of what <paramref name="to"/> takes of each.</param>
    /// <param name="to">Takes the samples; as many of each plane.</param>
    public static void Interleave(ReadOnlySpan<byte> planes, int stride, Span<byte> to)
    {
        int count = planes.Length / stride;
        if (count == 3)
        {
            InterleaveThree(planes, stride, to);
            return;
        }

        for (int plane = 0; plane < count; plane++)
        {
            ReadOnlySpan<byte> from = planes.Slice(plane * stride, to.Length / count);
            for (int x = 0; x < from.Length; x++)
                to[(x * count) + plane] = from[x];
        }
    }

    /// <summary>Sixteen samples of each of three planes.</summary>
    /// <param name="planes">The first sample of the first plane.</param>
    /// <param name="stride">Bytes from one plane to the next.</param>
    /// <param name="to">Takes 48 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InterleaveThree(ref byte planes, int stride, ref byte to)
    {
        Vector128<byte> a = Vector128.LoadUnsafe(ref planes);
        Vector128<byte> b = Vector128.LoadUnsafe(ref planes, (nuint)stride);
        Vector128<byte> c = Vector128.LoadUnsafe(ref planes, (nuint)(2 * stride));

        // Indices of 255 give zero.
        const byte no = byte.MaxValue;
        (Vector128.Shuffle(a, Vector128.Create(0, no, no, 1, no, no, 2, no, no, 3, no, no, 4, no, no, 5))
            | Vector128.Shuffle(b, Vector128.Create(no, 0, no, no, 1, no, no, 2, no, no, 3, no, no, 4, no, no))
            | Vector128.Shuffle(c, Vector128.Create(no, no, 0, no, no, 1, no, no, 2, no, no, 3, no, no, 4, no))).StoreUnsafe(ref to);
        (Vector128.Shuffle(a, Vector128.Create(no, no, 6, no, no, 7, no, no, 8, no, no, 9, no, no, 10, no))
            | Vector128.Shuffle(b, Vector128.Create(5, no, no, 6, no, no, 7, no, no, 8, no, no, 9, no, no, 10))
            | Vector128.Shuffle(c, Vector128.Create(no, 5, no, no, 6, no, no, 7, no, no, 8, no, no, 9, no, no))).StoreUnsafe(ref to, 16);
        (Vector128.Shuffle(a, Vector128.Create(no, 11, no, no, 12, no, no, 13, no, no, 14, no, no, 15, no, no))
            | Vector128.Shuffle(b, Vector128.Create(no, no, 11, no, no, 12, no, no, 13, no, no, 14, no, no, 15, no))
            | Vector128.Shuffle(c, Vector128.Create(10, no, no, 11, no, no, 12, no, no, 13, no, no, 14, no, no, 15))).StoreUnsafe(ref to, 32);
    }

    private static void InterleaveThree(ReadOnlySpan<byte> planes, int stride, Span<byte> to)
    {
        const int bytes = 3 * ThreeSamples;
        ref byte from = ref MemoryMarshal.GetReference(planes);
        int at = 0;
        for (; at <= to.Length - bytes; at += bytes)
            InterleaveThree(ref Unsafe.Add(ref from, at / 3), stride, ref to[at]);
        if (at == to.Length)
            return;
        Span<byte> tail = stackalloc byte[bytes];
        InterleaveThree(ref Unsafe.Add(ref from, at / 3), stride, ref tail[0]);
        tail[..(to.Length - at)].CopyTo(to[at..]);
    }
}
