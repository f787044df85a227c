namespace RtcEnhance.Inference;

/// <summary>
/// Enlarges planes of luma by a network, one after the other; what a change since the last one cannot reach is not
/// computed again. The picture is cut into as many strips of columns as there are threads. One thread at a time.
/// </summary>
internal sealed unsafe class PlaneUpscaler : IDisposable
{
    /// <summary>Most threads that one plane is shared by.</summary>
    public const int MostThreads = 16;

    /// <summary>Most memory that an upscaler takes for its layers' rows of the last picture.</summary>
    public const long MostKeptBytes = 32 << 20;

    // A strip narrower than this computes more overlap than result.
    private const int LeastColumns = 32;

    private readonly Strip[] _strips;
    private readonly WorkerGroup? _workers;
    private int _height;
    private int _active;

    // The task that the workers share; the planes are pinned while they run.
    private byte* _source;
    private int _sourceLength;
    private int _sourceStride;
    private byte* _target;
    private int _targetLength;
    private int _targetStride;
    private int _firstRow;
    private int _endRow;

    /// <summary>An upscaler.</summary>
    /// <param name="model">The network.</param>
    /// <param name="precision">Its arithmetic.</param>
    /// <param name="threads">1 to <see cref="MostThreads"/>; the caller's is one of them.</param>
    /// <param name="mostKeptBytes">
    /// Most memory for the layers' rows of the last picture. Where they need more, they are not kept, and more is computed
    /// around changes.
    /// </param>
    /// <exception cref="ArgumentException">The model has no such form.</exception>
    public PlaneUpscaler(UpscalingModel model, InferencePrecision precision, int threads, long mostKeptBytes = MostKeptBytes)
    {
        if (threads is < 1 or > MostThreads)
            Throw.OutOfRange(nameof(threads), threads, $"1 to {MostThreads} threads.");
        IChainFactory weights = model.GetWeights(precision);
        _strips = new Strip[threads];
        for (int i = 0; i < threads; i++)
            _strips[i] = new Strip(model.Network, weights, mostKeptBytes / threads);
        if (threads > 1)
            _workers = new WorkerGroup(threads, ProcessStrip);
    }

    /// <summary>Output samples that were computed, cumulative.</summary>
    public long SamplesComputed
    {
        get
        {
            long samples = 0;
            foreach (Strip strip in _strips)
                samples += strip.SamplesComputed;
            return samples;
        }
    }

    /// <summary>Output samples that were taken over from the last result, cumulative.</summary>
    public long SamplesReused
    {
        get
        {
            long samples = 0;
            foreach (Strip strip in _strips)
                samples += strip.SamplesReused;
            return samples;
        }
    }

    /// <summary>Prepares for a picture: allocates where its size differs from the one before.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    public void Begin(int width, int height)
    {
        _height = height;
        _active = Math.Clamp(width / LeastColumns, 1, _strips.Length);
        for (int i = 0; i < _active; i++)
            _strips[i].Begin(width, height, width * i / _active, width * (i + 1) / _active);
    }

    /// <summary>Forgets the last picture: the next one is computed as a whole.</summary>
    public void Reset()
    {
        foreach (Strip strip in _strips)
            strip.Reset();
    }

    /// <summary>Writes the output rows that belong to some input rows; cheapest where they follow those of the last call.</summary>
    /// <param name="source">The plane, the same in all calls between two of <see cref="Begin"/>.</param>
    /// <param name="sourceStride">Bytes from one of its rows to the next.</param>
    /// <param name="target">The enlarged plane.</param>
    /// <param name="targetStride">Bytes from one of its rows to the next.</param>
    /// <param name="firstRow">First input row.</param>
    /// <param name="endRow">Input row after the last one.</param>
    public void ProcessRows(ReadOnlySpan<byte> source, int sourceStride, Span<byte> target, int targetStride, int firstRow, int endRow)
    {
        if (firstRow < 0 || endRow > _height || firstRow > endRow)
            Throw.OutOfRange(nameof(endRow), endRow, $"Rows {firstRow} to {endRow} of {_height}.");
        if (_workers is null || _active == 1)
        {
            _strips[0].ProcessRows(source, sourceStride, target, targetStride, firstRow, endRow);
            return;
        }

        fixed (byte* pinnedSource = source)
        fixed (byte* pinnedTarget = target)
        {
            _source = pinnedSource;
            _sourceLength = source.Length;
            _sourceStride = sourceStride;
            _target = pinnedTarget;
            _targetLength = target.Length;
            _targetStride = targetStride;
            _firstRow = firstRow;
            _endRow = endRow;
            _workers.Run();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _workers?.Dispose();

    private void ProcessStrip(int strip)
    {
        if (strip >= _active)
            return;
        _strips[strip].ProcessRows(
            new ReadOnlySpan<byte>(_source, _sourceLength), _sourceStride, new Span<byte>(_target, _targetLength), _targetStride, _firstRow, _endRow);
    }
}
