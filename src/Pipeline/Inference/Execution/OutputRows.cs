using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RtcEnhance.Inference;

/// <summary>Adds residual and enlarged luma, rounds and interleaves the planes into rows of bytes. One thread at a time.</summary>
internal sealed class OutputRows<TFloats>(UpscalingNetwork network, ResidualPlanes residual) : IOutputRows
    where TFloats : struct, IFloatLanes<TFloats>
{
    private const int Block = RowRing<float>.Block;

    private readonly int _scale = network.Scale;
    private readonly EnlargedRows<TFloats> _classical = new(network.Base, network.Scale);
    private float[] _sums = [];
    private byte[] _planes = [];
    private byte[] _bytes = [];
    private int _stride;

    /// <inheritdoc/>
    public int Reach => EnlargedRows<TFloats>.Reach;

    /// <inheritdoc/>
    public void Begin(int width, int height)
    {
        _classical.Begin(width, height);
        int stride = (width + (2 * Block) - 1) / Block * Block;
        if (stride == _stride)
            return;
        _stride = stride;
        _sums = new float[_scale * stride];
        _planes = new byte[_scale * stride];
        _bytes = new byte[_scale * stride];
    }

    /// <inheritdoc/>
    public void Load(int y, ReadOnlySpan<byte> luma) => _classical.Load(y, luma);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Make(int y, int row, ReadOnlySpan<ColumnRun> runs)
    {
        _classical.BeginRow(y, row);
        foreach (ColumnRun run in runs)
        {
            for (int column = 0; column < _scale; column++)
                _classical.Sum(column, run, ref residual.Plane((row * _scale) + column), ref _sums[column * _stride]);
            Interleave(run);
        }

        return _bytes;
    }

    private void Interleave(ColumnRun run)
    {
        ref float sums = ref MemoryMarshal.GetArrayDataReference(_sums);
        ref byte bytes = ref MemoryMarshal.GetArrayDataReference(_bytes);
        if (_scale == 2)
        {
            for (int x = run.First; x < run.End; x += TFloats.Count)
                TFloats.Load(ref sums, x).StoreBytePairs(TFloats.Load(ref sums, _stride + x), ref bytes, 2 * x);
            return;
        }

        ref byte planes = ref MemoryMarshal.GetArrayDataReference(_planes);
        for (int column = 0; column < _scale; column++)
        {
            for (int x = run.First; x < run.End; x += TFloats.Count)
                TFloats.Load(ref sums, (column * _stride) + x).StoreBytes(ref planes, (column * _stride) + x);
        }

        if (_scale == 3)
        {
            for (int x = run.First; x < run.End; x += BytePlanes.ThreeSamples)
                BytePlanes.InterleaveThree(ref Unsafe.Add(ref planes, x), _stride, ref Unsafe.Add(ref bytes, 3 * x));
            return;
        }

        for (int column = 0; column < _scale; column++)
        {
            for (int x = run.First; x < run.End; x++)
                _bytes[(x * _scale) + column] = _planes[(column * _stride) + x];
        }
    }
}
