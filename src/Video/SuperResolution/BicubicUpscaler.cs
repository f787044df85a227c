namespace RtcEnhance.Video;

/// <summary>
/// Enlarges pictures by the cubic of Keys (1981) with a = -0.5, as Matlab's imresize does. At exactly twice the size it
/// equals the rounded real-valued result, else it is within 1; identical on every instruction set. One thread at a time.
/// </summary>
public sealed class BicubicUpscaler : IStage<SuperResolutionJob>, IRowBandUpscaler
{
    private readonly SeparableResizer _resizer = new(ResizeFilter.Bicubic);

    /// <inheritdoc/>
    public string Name => "bicubic";

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
