namespace RtcEnhance.Audio;

/// <summary>
/// A concealment stage whose output is looked at: one infinite sample would stay in every history that hears it. One
/// thread at a time.
/// </summary>
internal sealed class CheckedConcealer(IStage<ConcealmentJob> inner) : IStage<ConcealmentJob>
{
    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A sample is not finite.</exception>
    public void Process(scoped ref ConcealmentJob job)
    {
        inner.Process(ref job);
        float sum = 0;
        foreach (float sample in job.Output)
            sum += sample;
        if (!float.IsFinite(sum))
            throw new InvalidOperationException($"The concealment '{inner.Name}' made samples that are not finite.");
    }

    /// <inheritdoc/>
    public void Observe(scoped in ConcealmentJob job) => inner.Observe(in job);

    /// <inheritdoc/>
    public void Reset() => inner.Reset();
}
