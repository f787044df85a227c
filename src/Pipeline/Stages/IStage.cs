namespace RtcEnhance;

/// <summary>
/// Turns a job's input into its whole output in bounded time without allocating, and can be told what was played
/// instead. One thread at a time.
/// </summary>
/// <typeparam name="TJob">The job: a view over the caller's buffers, never stored.</typeparam>
public interface IStage<TJob>
    where TJob : struct, allows ref struct
{
    /// <summary>The algorithm's name as it appears in statistics, for example <c>pitch</c>.</summary>
    string Name { get; }

    /// <summary>Writes the whole output of <paramref name="job"/>; every sample or pixel is written.</summary>
    /// <param name="job">The work; its output span is filled on return.</param>
    void Process(scoped ref TJob job);

    /// <summary>
    /// Says that this output was played and this stage did not make it, so that history stays warm. Cheap: it stores,
    /// and leaves heavy analysis to the next <see cref="Process"/>.
    /// </summary>
    /// <param name="job">A finished job: its output is what was played.</param>
    void Observe(scoped in TJob job);

    /// <summary>Clears history; configuration and weights stay.</summary>
    void Reset();
}
