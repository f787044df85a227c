using RtcEnhance.Audio;

namespace RtcEnhance.Testing;

/// <summary>The baseline every concealment is measured against: silence, then the received block. Thread-safe.</summary>
public sealed class ZeroConcealer : IStage<ConcealmentJob>
{
    /// <summary><c>zero</c>.</summary>
    public string Name => "zero";

    /// <summary>Writes silence, or the received block unchanged.</summary>
    /// <param name="job">The block; its output is filled.</param>
    public void Process(scoped ref ConcealmentJob job)
    {
        if (job.IsMerge)
            job.Received.CopyTo(job.Output);
        else
            job.Output.Clear();
    }

    /// <summary>Nothing is remembered.</summary>
    /// <param name="job">Ignored.</param>
    public void Observe(scoped in ConcealmentJob job)
    {
    }

    /// <summary>There is nothing to clear.</summary>
    public void Reset()
    {
    }
}
