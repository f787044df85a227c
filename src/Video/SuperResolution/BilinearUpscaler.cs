namespace RtcEnhance.Video;

/// <summary>
/// Enlarges pictures by the triangle filter: the cheapest and softest. At exactly twice the size it equals the rounded
/// real-valued result, else it is within 1; identical on every instruction set. One thread at a time.
/// </summary>
public sealed class BilinearUpscaler : IStage<SuperResolutionJob>, IRowBandUpscaler
{
    private readonly SeparableResizer _resizer = new(ResizeFilter.Bilinear);

    /// <inheritdoc/>
    public string Name => "bilinear";

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
