namespace RtcEnhance.Audio;
/// <summary>temp</summary>
public sealed class PitchConcealer(AudioFormat f) : IStage<ConcealmentJob>
{
    private readonly float[] _h = new float[f.BlockLength];
    /// <inheritdoc/>
    public string Name => "pitch";
    /// <inheritdoc/>
    public void Process(scoped ref ConcealmentJob job) { if (job.IsMerge) LinearFade.Apply(_h, job.Received, f.Channels, job.Output); else _h.CopyTo(job.Output); job.Output.CopyTo(_h); }
    /// <inheritdoc/>
    public void Observe(scoped in ConcealmentJob job) => job.Output.CopyTo(_h);
    /// <inheritdoc/>
    public void Reset() => _h.AsSpan().Clear();
}
