namespace RtcEnhance.Video;

/// <summary>
/// An upscaler that can stop at a joint: it makes any band of target rows by itself. One thread at a time.
/// </summary>
internal interface IRowBandUpscaler
{
    /// <summary>Prepares for a job's sizes; called once before its bands.</summary>
    /// <param name="job">The job.</param>
    /// <exception cref="ArgumentException">Source and target have different layouts.</exception>
    void Begin(scoped ref SuperResolutionJob job);

    /// <summary>Writes the target's luma rows and the chroma rows that belong to them.</summary>
    /// <param name="job">The job of the last <see cref="Begin"/>.</param>
    /// <param name="firstRow">First luma row.</param>
    /// <param name="endRow">Row after the last one, at most the target's height.</param>
    void ProcessRows(scoped ref SuperResolutionJob job, int firstRow, int endRow);
}
