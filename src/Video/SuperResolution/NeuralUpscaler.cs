using RtcEnhance.Inference;

namespace RtcEnhance.Video;

/// <summary>
/// Enlarges luma by a small convolutional network, which refines the bicubic picture, and chroma by the bicubic filter.
/// Of a stream's pictures, luma that did not change is not computed again: the result is the same to the bit. One thread
/// at a time.
/// </summary>
public sealed class NeuralUpscaler : IStage<SuperResolutionJob>, IRowBandUpscaler, IDisposable
{
    private readonly PlaneUpscaler _luma;
    private readonly SeparableResizer _chroma = new(ResizeFilter.Bicubic);
    private readonly int _scale;

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
    /// <param name="job">The work; its target is as many times as large as its source as the model's scale says.</param>
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
        if (target.Width != _scale * source.Width || target.Height != _scale * source.Height)
        {
            throw new ArgumentException(
                $"The model '{Name}' makes {_scale * source.Width}x{_scale * source.Height} of {source.Width}x{source.Height}, not {target.Width}x{target.Height}.", nameof(job));
        }

        _chroma.BeginChroma(ref job);
        _luma.Begin(source.Width, source.Height);
    }

    // Where a band's border cuts through an input row, the rows of both sides are made, each time the same.
    private void ProcessRows(scoped ref SuperResolutionJob job, int firstRow, int endRow)
    {
        PlaneView source = job.Source.Y;
        PlaneView target = job.Target.Y;
        _luma.ProcessRows(source.Data, source.Stride, target.Data, target.Stride, firstRow / _scale, (endRow + _scale - 1) / _scale);
        _chroma.ProcessChromaRows(ref job, firstRow, endRow);
    }
}
