using RtcEnhance.Audio;

namespace RtcEnhance.Loopback.Receiving;

/// <summary>Keeps every block's decision. Written by the playout thread; may be read once that has stopped.</summary>
public sealed class PlayoutRecorder : IPlayoutLog
{
    /// <summary>A minute without growing on the playout thread.</summary>
    private readonly List<PlayoutStep> _steps = new(6000);

    /// <summary>The blocks in order, 10 ms each.</summary>
    public IReadOnlyList<PlayoutStep> Steps => _steps;

    /// <inheritdoc/>
    public void OnBlock(in PlayoutStep step) => _steps.Add(step);
}
