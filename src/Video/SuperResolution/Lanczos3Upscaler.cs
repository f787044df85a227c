namespace RtcEnhance.Video;

/// <summary>
/// Enlarges pictures by the sinc windowed to three lobes: the sharpest of the separable filters, and the best of them
/// where no codec noise is to be sharpened. Within 1 of the rounded real-valued result; identical on every
/// instruction set. One thread at a time.
/// </summary>
public sealed class Lanczos3Upscaler : IStage<SuperResolutionJob>, IRowBandUpscaler
{
    private readonly SeparableResizer _resizer = new(ResizeFilter.Lanczos3);

    /// <inheritdoc/>
    public string Name => "lanczos";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Source and target have different layouts.</exception>
    public void Process(scoped ref SuperResolutionJob job)
    {
        _resizer.Begin(ref job);
        _resizer.ProcessRows(ref job, 0, job.Target.Height);
    }

    /// <inheritdoc/>
    public void Observe(scoped in SuperResolutionJob job)
    {
    }

    /// <inheritdoc/>
    public void Reset() => _resizer.Reset();

    void IRowBandUpscaler.Begin(scoped ref SuperResolutionJob job) => _resizer.Begin(ref job);

    void IRowBandUpscaler.ProcessRows(scoped ref SuperResolutionJob job, int firstRow, int endRow)
        => _resizer.ProcessRows(ref job, firstRow, endRow);
}
