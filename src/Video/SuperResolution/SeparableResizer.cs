namespace RtcEnhance.Video;

/// <summary>Resizes whole pictures, or their chroma alone, by one separable filter. One thread at a time.</summary>
internal sealed class SeparableResizer
{
    private readonly PlaneResizer _luma;
    private readonly PlaneResizer _blue;
    private readonly PlaneResizer _red;

    /// <summary>A resizer.</summary>
    /// <param name="filter">The filter of both axes.</param>
    public SeparableResizer(ResizeFilter filter)
    {
        _luma = new PlaneResizer(filter);
        _blue = new PlaneResizer(filter);
        _red = new PlaneResizer(filter);
    }

    /// <inheritdoc cref="IRowBandUpscaler.Begin"/>
    public void Begin(scoped ref SuperResolutionJob job)
    {
        BeginChroma(ref job);
        _luma.Begin(job.Source.Width, job.Source.Height, job.Target.Width, job.Target.Height);
    }

    /// <summary>As <see cref="Begin"/>, for <see cref="ProcessChromaRows"/> alone.</summary>
    public void BeginChroma(scoped ref SuperResolutionJob job)
    {
        VideoFrame source = job.Source;
        VideoFrame target = job.Target;
        if (source.Layout != target.Layout)
            throw new ArgumentException($"The source is {source.Layout} and the target {target.Layout}; they must be alike.", nameof(job));
        _blue.Begin(source.ChromaWidth, source.ChromaHeight, target.ChromaWidth, target.ChromaHeight);
        _red.Begin(source.ChromaWidth, source.ChromaHeight, target.ChromaWidth, target.ChromaHeight);
    }

    /// <inheritdoc cref="IRowBandUpscaler.ProcessRows"/>
    public void ProcessRows(scoped ref SuperResolutionJob job, int firstRow, int endRow)
    {
        _luma.ProcessRows(job.Source.Y, job.Target.Y, 0, 1, firstRow, endRow);
        ProcessChromaRows(ref job, firstRow, endRow);
    }

    /// <summary>Writes the chroma rows that belong to a band of luma rows.</summary>
    /// <param name="job">The job.</param>
    /// <param name="firstRow">First luma row.</param>
    /// <param name="endRow">Luma row after the last one.</param>
    public void ProcessChromaRows(scoped ref SuperResolutionJob job, int firstRow, int endRow)
    {
        // A chroma row belongs to the band that holds the upper one of its two luma rows.
        int first = (firstRow + 1) / 2;
        int end = (endRow + 1) / 2;
        if (job.Source.Layout == FrameLayout.Nv12)
        {
            _blue.ProcessRows(job.Source.UV, job.Target.UV, 0, 2, first, end);
            _red.ProcessRows(job.Source.UV, job.Target.UV, 1, 2, first, end);
        }
        else
        {
            _blue.ProcessRows(job.Source.U, job.Target.U, 0, 1, first, end);
            _red.ProcessRows(job.Source.V, job.Target.V, 0, 1, first, end);
        }
    }

    /// <summary>Frees the caches.</summary>
    public void Reset()
    {
        _luma.Reset();
        _blue.Reset();
        _red.Reset();
    }
}
