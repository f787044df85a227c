namespace RtcEnhance.Inference;

/// <summary>
/// Enlarges some columns of a picture, row by row from top to bottom through all layers at once: of each layer only the
/// rows that the next one still needs are kept, so the work stays in the cache. The columns that neighbours overlap are
/// computed by both. Rows that do not follow those of the call before are begun anew, a few rows higher. One thread at
/// a time.
/// </summary>
internal sealed class Strip
{
    private readonly LayerChain _chain;
    private readonly int _scale;
    private readonly int _reach;
    private readonly int[] _nextRows;
    private int _nextInput;
    private int _nextClassical;
    private int _nextOutput;
    private int _firstColumn;
    private int _columns;
    private int _leftOverlap;
    private int _width;
    private int _height;

    /// <summary>A strip.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">The same, packed.</param>
    public Strip(UpscalingNetwork network, IChainFactory weights)
    {
        _scale = network.Scale;
        _chain = weights.CreateChain();
        _reach = Math.Max(network.Reach, _chain.Output.Reach);
        _nextRows = new int[_chain.Layers.Length];
    }

    /// <summary>Prepares for a picture: allocates where the strip's width differs from the one before.</summary>
    /// <param name="width">The picture's width.</param>
    /// <param name="height">The picture's height.</param>
    /// <param name="firstColumn">First column of the strip.</param>
    /// <param name="endColumn">Column after the last one.</param>
    public void Begin(int width, int height, int firstColumn, int endColumn)
    {
        int left = Math.Max(firstColumn - _reach, 0);
        _firstColumn = firstColumn;
        _columns = endColumn - firstColumn;
        _leftOverlap = firstColumn - left;
        _width = Math.Min(endColumn + _reach, width) - left;
        _height = height;
        _chain.Input.Begin(_width, height);
        foreach (IRowLayer layer in _chain.Layers)
            layer.Begin(_width, height);
        _chain.Output.Begin(_width, height);
        _nextOutput = -1;
    }

    /// <summary>Writes the strip's columns of the output rows that belong to some input rows.</summary>
    /// <param name="source">The picture.</param>
    /// <param name="sourceStride">Bytes from one of its rows to the next.</param>
    /// <param name="target">The enlarged picture.</param>
    /// <param name="targetStride">Bytes from one of its rows to the next.</param>
    /// <param name="firstRow">First input row.</param>
    /// <param name="endRow">Input row after the last one.</param>
    public void ProcessRows(ReadOnlySpan<byte> source, int sourceStride, Span<byte> target, int targetStride, int firstRow, int endRow)
    {
        if (firstRow != _nextOutput)
            Restart(firstRow);
        for (int y = firstRow; y < endRow; y++)
        {
            Advance(source, sourceStride, y);
            for (int row = 0; row < _scale; row++)
            {
                ReadOnlySpan<byte> made = _chain.Output.Make(y, row);
                made.Slice(_leftOverlap * _scale, _columns * _scale)
                    .CopyTo(target[((((y * _scale) + row) * targetStride) + (_firstColumn * _scale))..]);
            }
        }

        _nextOutput = endRow;
    }

    private void Restart(int row)
    {
        int ahead = 0;
        for (int i = _nextRows.Length - 1; i >= 0; i--)
        {
            _nextRows[i] = Math.Max(row - ahead, 0);
            ahead += _chain.Layers[i].Reach;
        }

        _nextInput = Math.Max(row - ahead, 0);
        _nextClassical = Math.Max(row - _chain.Output.Reach, 0);
    }

    // Brings every layer as far as output row y needs: the earlier, the further ahead. Layers take turns row by row, so
    // that no ring is written twice before it is read.
    private void Advance(ReadOnlySpan<byte> source, int sourceStride, int y)
    {
        for (; _nextClassical <= Math.Min(y + _chain.Output.Reach, _height - 1); _nextClassical++)
            _chain.Output.Load(_nextClassical, SourceRow(source, sourceStride, _nextClassical));
        int last = _nextRows.Length - 1;
        while (_nextRows[last] <= y)
            Step(source, sourceStride, last);
    }

    // Makes the next row of a layer, after what it needs.
    private void Step(ReadOnlySpan<byte> source, int sourceStride, int layer)
    {
        int needed = Math.Min(_nextRows[layer] + _chain.Layers[layer].Reach, _height - 1);
        if (layer == 0)
        {
            for (; _nextInput <= needed; _nextInput++)
                _chain.Input.Load(_nextInput, SourceRow(source, sourceStride, _nextInput));
        }
        else
        {
            while (_nextRows[layer - 1] <= needed)
                Step(source, sourceStride, layer - 1);
        }

        _chain.Layers[layer].ComputeRow(_nextRows[layer]);
        _nextRows[layer]++;
    }

    private ReadOnlySpan<byte> SourceRow(ReadOnlySpan<byte> source, int sourceStride, int y)
        => source.Slice((y * sourceStride) + _firstColumn - _leftOverlap, _width);
}
