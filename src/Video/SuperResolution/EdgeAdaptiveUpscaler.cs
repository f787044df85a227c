namespace RtcEnhance.Video;

/// <summary>
/// Enlarges luma along edges by twelve taps of a rotated, stretched Lanczos-like window, without overshoot, and chroma
/// by the bicubic filter: of the filters here the best on pictures from a starved codec. One thread at a time.
/// </summary>
/// <remarks>Source: EASU of AMD FidelityFX Super Resolution 1 (MIT), on luma alone.</remarks>
public sealed class EdgeAdaptiveUpscaler : IStage<SuperResolutionJob>, IRowBandUpscaler
{
    private readonly EasuPlane _luma = new();
    private readonly SeparableResizer _chroma = new(ResizeFilter.Bicubic);

    /// <inheritdoc/>
    public string Name => "easu";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Source and target have different layouts.</exception>
    public void Process(scoped ref SuperResolutionJob job)
    {
        Begin(ref job);
        ProcessRows(ref job, 0, job.Target.Height);
    }

    /// <inheritdoc/>
    public void Observe(scoped in SuperResolutionJob job)
    {
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _luma.Reset();
        _chroma.Reset();
    }

    void IRowBandUpscaler.Begin(scoped ref SuperResolutionJob job) => Begin(ref job);

    void IRowBandUpscaler.ProcessRows(scoped ref SuperResolutionJob job, int firstRow, int endRow)
        => ProcessRows(ref job, firstRow, endRow);

    private void Begin(scoped ref SuperResolutionJob job)
    {
        _chroma.BeginChroma(ref job);
        _luma.Begin(job.Source.Width, job.Source.Height, job.Target.Width, job.Target.Height);
    }

    private void ProcessRows(scoped ref SuperResolutionJob job, int firstRow, int endRow)
    {
        _luma.ProcessRows(job.Source.Y, job.Target.Y, firstRow, endRow);
        _chroma.ProcessChromaRows(ref job, firstRow, endRow);
    }
}
