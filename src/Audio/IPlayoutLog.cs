namespace RtcEnhance.Audio;

/// <summary>
/// Port: is told of every block that an <see cref="AudioReceiver"/> plays, for replay, benchmarks and debugging. Called
/// on the playout thread with no lock of the packet side held; what it throws is reported to the observer.
/// </summary>
public interface IPlayoutLog
{
    /// <summary>A block was played. Must return in microseconds and allocate nothing.</summary>
    /// <param name="step">What was played.</param>
    void OnBlock(in PlayoutStep step);
}
