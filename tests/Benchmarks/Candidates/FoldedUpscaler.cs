using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RtcEnhance.Inference;

namespace RtcEnhance.Benchmarks.Candidates;

/// <summary>
/// Enlarges planes by a folded candidate, dense, row by row through all layers, with the copies that the engine's strips make. One thread at a time.
/// </summary>
internal sealed class FoldedUpscaler
{
    private readonly CandidateChain _factory;
    private readonly LayerChain _chain;
    private readonly int[] _nextRows;
    private int _width;
    private int _height;
    private int _nextInput;
    private byte[] _picture = [];
    private byte[] _result = [];

    /// <summary>An upscaler.</summary>
    /// <param name="model">A folded candidate.</param>
    public FoldedUpscaler(CandidateModel model)
    {
        _factory = new CandidateChain(model);
        _chain = ((IChainFactory)_factory).CreateChain();
        _nextRows = new int[_chain.Layers.Length];
    }

    /// <summary>Enlarges a picture of even width and height.</summary>
    /// <param name="source">The picture.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="target">The picture of twice the size.</param>
    public void Process(ReadOnlySpan<byte> source, int width, int height, Span<byte> target)
    {
        Begin(width, height);
        source.CopyTo(_picture);
        int nextClassical = 0;
        ReadOnlySpan<ColumnRun> runs = [new ColumnRun(0, width)];
        for (int y = 0; y < height; y++)
        {
            while (_nextRows[^1] <= y / 2)
                Step(_nextRows.Length - 1);
            Unfold(y % 2);
            for (; nextClassical <= Math.Min(y + _chain.Output.Reach, height - 1); nextClassical++)
                _chain.Output.Load(nextClassical, _picture.AsSpan(nextClassical * width, width));
            for (int row = 0; row < 2; row++)
            {
                int at = ((2 * y) + row) * 2 * width;
                _chain.Output.Make(y, row, runs)[..(2 * width)].CopyTo(_result.AsSpan(at));
                _result.AsSpan(at, 2 * width).CopyTo(target[at..]);
            }
        }
    }

    private void Begin(int width, int height)
    {
        if (width != _width || height != _height)
        {
            _picture = new byte[width * height];
            _result = new byte[4 * width * height];
        }

        _width = width;
        _height = height;
        _nextInput = 0;
        Array.Clear(_nextRows);
        _chain.Input.Begin(width, height);
        foreach (IRowLayer layer in _chain.Layers)
            layer.Begin(width / 2, height / 2, keepsAll: true);
        _chain.Output.Begin(width, height);
        _factory.Unfolded.Begin(width, 4);
    }

    private void Step(int layer)
    {
        int row = _nextRows[layer];
        int rows = _chain.Layers[layer].RowsAtOnce;
        _nextRows[layer] += rows;
        int needed = Math.Min(row + rows - 1 + _chain.Layers[layer].Reach, (_height / 2) - 1);
        if (layer == 0)
        {
            for (; _nextInput < 2 * (needed + 1); _nextInput++)
                _chain.Input.Load(_nextInput, _picture.AsSpan(_nextInput * _width, _width));
        }
        else
        {
            while (_nextRows[layer - 1] <= needed)
                Step(layer - 1);
        }

        ReadOnlySpan<ColumnRun> runs = [new ColumnRun(0, _width / 2)];
        _chain.Layers[layer].ComputeRow(row, runs);
    }

    // Of the 4 x 4 results of a place, those of one of its two rows of samples, left and right sample in turn.
    private void Unfold(int row)
    {
        Vector512<int> first = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        Vector512<int> second = first + Vector512.Create(8);
        for (int plane = 0; plane < 4; plane++)
        {
            int from = (((2 * row) + (plane / 2)) * 4) + (plane % 2);
            ref float left = ref _factory.Planes.Plane(from);
            ref float right = ref _factory.Planes.Plane(from + 2);
            ref float to = ref _factory.Unfolded.Plane(plane);
            for (int x = 0; x < _width / 2; x += 16)
            {
                Vector512<float> a = Vector512.LoadUnsafe(ref left, (nuint)x);
                Vector512<float> b = Vector512.LoadUnsafe(ref right, (nuint)x);
                Avx512F.PermuteVar16x32x2(a, first, b).StoreUnsafe(ref to, (nuint)(2 * x));
                if (x + 8 < _width / 2)
                    Avx512F.PermuteVar16x32x2(a, second, b).StoreUnsafe(ref to, (nuint)(2 * x) + 16);
            }
        }
    }
}
