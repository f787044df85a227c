using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RtcEnhance.Inference;

/// <summary>Adds residual and enlarged luma, rounds and interleaves the planes into rows of bytes. One thread at a time.</summary>
internal sealed class OutputRows(int scale)
{
    private const int Block = RowRing<float>.Block;

    private float[] _sums = [];
    private byte[] _bytes = [];
    private int _stride;

    /// <summary>Prepares for a picture: allocates where its width differs from the one before.</summary>
    /// <param name="width">Input samples in a row.</param>
    public void Begin(int width)
    {
        int stride = (width + Block - 1) / Block * Block;
        if (stride == _stride)
            return;
        _stride = stride;
        _sums = new float[scale * stride];
        _bytes = new byte[scale * stride];
    }

    /// <summary>Makes one output row.</summary>
    /// <param name="classical">The enlarged luma around the row.</param>
    /// <param name="residual">The network's result of the input row.</param>
    /// <param name="y">The input row.</param>
    /// <param name="row">The output row within it.</param>
    /// <returns>Its samples, and some beyond them.</returns>
    public ReadOnlySpan<byte> Make<TFloats>(EnlargedRows classical, ResidualPlanes residual, int y, int row)
        where TFloats : struct, IFloatLanes<TFloats>
    {
        for (int column = 0; column < scale; column++)
        {
            Span<float> sums = _sums.AsSpan(column * _stride, _stride);
            classical.GetPlane<TFloats>(y, row, column, sums);
            AddResidual<TFloats>(ref residual.Plane((row * scale) + column), sums);
        }

        ref float planes = ref MemoryMarshal.GetArrayDataReference(_sums);
        ref byte bytes = ref MemoryMarshal.GetArrayDataReference(_bytes);
        if (scale == 2)
        {
            for (int x = 0; x < _stride; x += TFloats.Count)
                TFloats.Load(ref planes, x).StoreBytePairs(TFloats.Load(ref planes, _stride + x), ref bytes, 2 * x);
            return _bytes;
        }

        for (int column = 0; column < scale; column++)
        {
            for (int x = 0; x < _stride; x++)
                _bytes[(x * scale) + column] = (byte)_sums[(column * _stride) + x];
        }

        return _bytes;
    }

    private static void AddResidual<TFloats>(ref float residual, Span<float> sums)
        where TFloats : struct, IFloatLanes<TFloats>
    {
        TFloats black = TFloats.Create(0);
        TFloats white = TFloats.Create(255);
        TFloats half = TFloats.Create(0.5f);
        ref float sum = ref MemoryMarshal.GetReference(sums);
        for (int x = 0; x < sums.Length; x += TFloats.Count)
        {
            TFloats value = TFloats.Load(ref sum, x) + TFloats.Load(ref residual, x) + half;
            TFloats.Min(TFloats.Max(value, black), white).Store(ref sum, x);
        }
    }
}
