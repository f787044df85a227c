namespace RtcEnhance.Inference;

/// <summary>
/// Enlarges some columns of a picture, row by row from top to bottom through all layers at once, so the work stays in
/// the cache. What a change since the last picture cannot reach is taken over from the last result. The columns that
/// neighbours overlap are computed by both. Rows that do not follow those of the call before are begun anew, a few rows
/// higher. One thread at a time.
/// </summary>
internal sealed class Strip
{
    private readonly LayerChain _chain;
    private readonly PictureChanges _changes;
    private readonly long _mostKeptBytes;
    private readonly int _scale;
    private readonly int _reach;
    private readonly int[] _nextRows;

    // For each layer: how far from a changed sample its rows are made.
    private readonly int[] _distances;
    private byte[] _result = [];
    private int _inputDistance;
    private int _nextInput;
    private int _nextClassical;
    private int _nextOutput;
    private int _firstColumn;
    private int _columns;
    private int _leftOverlap;
    private int _width;
    private int _height;
    private bool _isTaken;

    /// <summary>A strip.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">The same, packed.</param>
    /// <param name="mostKeptBytes">Memory that layers may keep from picture to picture.</param>
    public Strip(UpscalingNetwork network, IChainFactory weights, long mostKeptBytes)
    {
        _scale = network.Scale;
        _chain = weights.CreateChain();
        _reach = Math.Max(network.Reach, _chain.Output.Reach);
        _changes = new PictureChanges(_reach);
        _mostKeptBytes = mostKeptBytes;
        _nextRows = new int[_chain.Layers.Length];
        _distances = new int[_chain.Layers.Length];
    }

    /// <summary>Output samples that were computed, cumulative.</summary>
    public long SamplesComputed { get; private set; }

    /// <summary>Output samples that were taken over from the last result, cumulative.</summary>
    public long SamplesReused { get; private set; }

    /// <summary>Prepares for a picture: allocates where the strip's size differs from the one before.</summary>
    /// <param name="width">The picture's width.</param>
    /// <param name="height">The picture's height.</param>
    /// <param name="firstColumn">First column of the strip.</param>
    /// <param name="endColumn">Column after the last one.</param>
    public void Begin(int width, int height, int firstColumn, int endColumn)
    {
        int left = Math.Max(firstColumn - _reach, 0);
        int columns = endColumn - firstColumn;
        int overlapped = Math.Min(endColumn + _reach, width) - left;
        bool isNew = columns != _columns || firstColumn - left != _leftOverlap || overlapped != _width || height != _height;
        _firstColumn = firstColumn;
        _nextOutput = -1;
        _isTaken = false;
        if (isNew)
        {
            _columns = columns;
            _leftOverlap = firstColumn - left;
            _width = overlapped;
            _height = height;
            BeginSize();
        }

        _changes.Begin();
    }

    /// <summary>Forgets the last picture.</summary>
    public void Reset() => _changes.Reset();

    /// <summary>Writes the strip's columns of the output rows that belong to some input rows.</summary>
    /// <param name="source">The picture, the same in all calls between two of <see cref="Begin"/>.</param>
    /// <param name="sourceStride">Bytes from one of its rows to the next.</param>
    /// <param name="target">The enlarged picture.</param>
    /// <param name="targetStride">Bytes from one of its rows to the next.</param>
    /// <param name="firstRow">First input row.</param>
    /// <param name="endRow">Input row after the last one.</param>
    public void ProcessRows(ReadOnlySpan<byte> source, int sourceStride, Span<byte> target, int targetStride, int firstRow, int endRow)
    {
        if (!_isTaken)
            _changes.Take(source[(_firstColumn - _leftOverlap)..], sourceStride);
        _isTaken = true;
        if (firstRow != _nextOutput)
            Restart(firstRow);
        for (int y = firstRow; y < endRow; y++)
        {
            if (_changes.Any && _changes.IsNear(y, _reach))
                Renew(y);
            _changes.MarkMade(y);
            for (int row = y * _scale; row < (y + 1) * _scale; row++)
                Result(row).CopyTo(target[((row * targetStride) + (_firstColumn * _scale))..]);
        }

        SamplesReused += (long)(endRow - firstRow) * _columns * _scale * _scale;
        _nextOutput = endRow;
    }

    private void BeginSize()
    {
        long keptBytes = 0;
        foreach (IRowLayer layer in _chain.Layers)
            keptBytes += layer.PictureBytes(_width, _height);
        bool keepsAll = keptBytes <= _mostKeptBytes;
        SetDistances(keepsAll);
        _changes.Resize(_width, _height, Math.Max(_inputDistance, _reach + _chain.Output.Reach));
        _chain.Input.Begin(_width, _height);
        foreach (IRowLayer layer in _chain.Layers)
            layer.Begin(_width, _height, keepsAll);
        _chain.Output.Begin(_width, _height);
        _result = new byte[_columns * _height * _scale * _scale];
    }

    // Rows of the last picture are still there where layers keep all of them: only what has changed is made again. Where
    // they do not, all that later layers see of it is.
    private void SetDistances(bool keepsAll)
    {
        int last = _distances.Length - 1;
        int distance = _reach;
        for (int i = last; i >= 0; i--)
        {
            _distances[i] = distance;
            distance += _chain.Layers[i].Reach;
        }

        distance = 0;
        for (int i = 0; i < last && keepsAll; i++)
        {
            distance += _chain.Layers[i].Reach;
            _distances[i] = distance;
        }

        _inputDistance = _distances[0] + _chain.Layers[0].Reach;
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

    // Makes the parts of an input row's output that a change reaches.
    private void Renew(int y)
    {
        Advance(y);
        ReadOnlySpan<ColumnRun> runs = _changes.RunsNear(y, _reach);
        int renewed = 0;
        for (int row = 0; row < _scale; row++)
        {
            ReadOnlySpan<byte> made = _chain.Output.Make(y, row, runs);
            Span<byte> result = Result((y * _scale) + row);
            foreach (ColumnRun run in runs)
            {
                int first = Math.Max(run.First - _leftOverlap, 0) * _scale;
                int count = (Math.Min(run.End - _leftOverlap, _columns) * _scale) - first;
                if (count <= 0)
                    continue;
                made.Slice(first + (_leftOverlap * _scale), count).CopyTo(result[first..]);
                renewed += count;
            }
        }

        SamplesComputed += renewed;
        SamplesReused -= renewed;
    }

    // Brings every layer as far as output row y needs: the earlier, the further ahead. Layers take turns row by row, so
    // that no ring is written twice before it is read.
    private void Advance(int y)
    {
        int classicalDistance = _reach + _chain.Output.Reach;
        for (; _nextClassical <= Math.Min(y + _chain.Output.Reach, _height - 1); _nextClassical++)
        {
            if (_changes.IsNear(_nextClassical, classicalDistance))
                _chain.Output.Load(_nextClassical, _changes.Row(_nextClassical));
        }

        int last = _nextRows.Length - 1;
        while (_nextRows[last] <= y)
            Step(last);
    }

    // Makes the next rows of a layer, after what they need.
    private void Step(int layer)
    {
        int row = _nextRows[layer];
        int rows = _chain.Layers[layer].RowsAtOnce;
        _nextRows[layer] += rows;
        int needed = Math.Min(row + rows - 1 + _chain.Layers[layer].Reach, _height - 1);
        if (layer == 0)
        {
            for (; _nextInput <= needed; _nextInput++)
            {
                if (_changes.IsNear(_nextInput, _inputDistance))
                    _chain.Input.Load(_nextInput, _changes.Row(_nextInput));
            }
        }
        else
        {
            while (_nextRows[layer - 1] <= needed)
                Step(layer - 1);
        }

        ReadOnlySpan<ColumnRun> runs = _changes.RunsNear(row, rows, _distances[layer]);
        if (!runs.IsEmpty)
            _chain.Layers[layer].ComputeRow(row, runs);
    }

    private Span<byte> Result(int row) => _result.AsSpan(row * _columns * _scale, _columns * _scale);
}
