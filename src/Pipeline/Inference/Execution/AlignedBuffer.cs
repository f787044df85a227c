using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RtcEnhance.Inference;

/// <summary>
/// Zeroed memory that begins at a cache line, so that whole-vector loads at multiples of 64 bytes never straddle two
/// lines. One thread at a time.
/// </summary>
/// <typeparam name="T">The element.</typeparam>
internal sealed class AlignedBuffer<T>
    where T : unmanaged
{
    private const int Alignment = 64;

    private readonly T[] _array;
    private readonly int _first;

    /// <summary>A buffer.</summary>
    /// <param name="length">Elements.</param>
    public AlignedBuffer(int length)
    {
        int size = Unsafe.SizeOf<T>();
        _array = GC.AllocateArray<T>(length + (Alignment / size), pinned: true);
        _first = (int)((Alignment - (Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0) % Alignment)) % Alignment) / size;
        Length = length;
    }

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>All elements.</summary>
    public Span<T> Span => _array.AsSpan(_first, Length);

    /// <summary>An element; kernels read and write on from it.</summary>
    /// <param name="index">0 to <see cref="Length"/> - 1.</param>
    public ref T this[int index] => ref Span[index];
}
