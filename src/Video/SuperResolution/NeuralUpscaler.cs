using RtcEnhance.Inference;

namespace RtcEnhance.Video;

/// <summary>
/// Enlarges luma by a small convolutional network, which refines the bicubic picture, and chroma by the bicubic filter.
/// Luma of a smaller target, down to the source's size, is what the network makes, reduced by the sinc windowed to three lobes.
/// Of a stream's pictures, luma that did not change is not computed again: the result is the same to the bit. One thread
/// at a time.
/// </summary>
public sealed class NeuralUpscaler : IStage<SuperResolutionJob>, IRowBandUpscaler, IDisposable
{
    private readonly PlaneUpscaler _luma;
    private readonly SeparableResizer _chroma = new(ResizeFilter.Bicubic);
    private readonly PlaneResizer _reducer = new(ResizeFilter.Lanczos3);
    private readonly int _scale;
    private byte[] _enlarged = [];
    private int _enlargedRows;
    private bool _isReduced;

    /// <summary>An upscaler for one stream.</summary>
    /// <param name="model">The network; many streams share one.</param>
    /// <param name="precision">Its arithmetic.</param>
    /// <param name="threads">Threads that share a picture, 1 to 16; the caller's is one of them.</param>
    /// <exception cref="ArgumentException">The model has no 8-bit form.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is outside its range.</exception>
    public NeuralUpscaler(UpscalingModel model, InferencePrecision precision = InferencePrecision.EightBit, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        _luma = new PlaneUpscaler(model, precision, threads);
        _scale = model.Info.Scale;
        Name = model.Info.Id;
    }

    /// <summary>The model's id.</summary>
    public string Name { get; }

    /// <summary>Luma samples of targets that were computed, cumulative.</summary>
    public long SamplesComputed => _luma.SamplesComputed;

    /// <summary>Luma samples of targets that were taken over from the last result, cumulative.</summary>
    public long SamplesReused => _luma.SamplesReused;

    /// <summary>Writes the whole target.</summary>
    /// <param name="job">
    /// The work; its target is as many times as large as its source as the model's scale says, or smaller, but not smaller
    /// than its source.
    /// </param>
    /// <exception cref="ArgumentException">Source and target have different layouts, or sizes that do not fit the scale.</exception>
    public void Process(scoped ref SuperResolutionJob job)
    {
        Begin(ref job);
        ProcessRows(ref job, 0, job.Target.Height);
    }

    /// <inheritdoc/>
    public void Observe(scoped in SuperResolutionJob job)
    {
    }

    /// <summary>Forgets the last picture: the next one is computed as a whole.</summary>
    public void Reset()
    {
        _luma.Reset();
        _chroma.Reset();
        _reducer.Reset();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _luma.Dispose();

    void IRowBandUpscaler.Begin(scoped ref SuperResolutionJob job) => Begin(ref job);

    void IRowBandUpscaler.ProcessRows(scoped ref SuperResolutionJob job, int firstRow, int endRow)
        => ProcessRows(ref job, firstRow, endRow);

    private void Begin(scoped ref SuperResolutionJob job)
    {
        VideoFrame source = job.Source;
        VideoFrame target = job.Target;
        int width = _scale * source.Width;
        int height = _scale * source.Height;
        if (target.Width > width || target.Height > height || target.Width < source.Width || target.Height < source.Height)
        {
            throw new ArgumentException(
                $"The model '{Name}' makes at most {width}x{height} of {source.Width}x{source.Height}, and no less than that, not {target.Width}x{target.Height}.", nameof(job));
        }

        _chroma.BeginChroma(ref job);
        _luma.Begin(source.Width, source.Height);
        _isReduced = target.Width != width || target.Height != height;
        if (!_isReduced)
            return;
        if (_enlarged.Length != width * height)
            _enlarged = new byte[width * height];
        _enlargedRows = 0;
        _reducer.Begin(width, height, target.Width, target.Height);
    }

    // Where a band's border cuts through an input row, the rows of both sides are made, each time the same.
    private void ProcessRows(scoped ref SuperResolutionJob job, int firstRow, int endRow)
    {
        PlaneView source = job.Source.Y;
        PlaneView target = job.Target.Y;
        if (_isReduced)
            ReduceRows(source, target, firstRow, endRow);
        else
            _luma.ProcessRows(source.Data, source.Stride, target.Data, target.Stride, firstRow / _scale, (endRow + _scale - 1) / _scale);
        _chroma.ProcessChromaRows(ref job, firstRow, endRow);
    }

    private void ReduceRows(PlaneView source, PlaneView target, int firstRow, int endRow)
    {
        int width = _scale * source.Width;
        int needed = (_reducer.SourceRowsBefore(endRow) + _scale - 1) / _scale;
        if (needed > _enlargedRows)
        {
            _luma.ProcessRows(source.Data, source.Stride, _enlarged, width, _enlargedRows, needed);
            _enlargedRows = needed;
        }

        _reducer.ProcessRows(new PlaneView(_enlarged, width, _scale * source.Height, width), target, 0, 1, firstRow, endRow);
    }
}
