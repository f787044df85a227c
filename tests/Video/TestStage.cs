using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

/// <summary>A primary that paints its output in one value and does what a test asks of it.</summary>
internal sealed class TestStage(byte value = 77) : IStage<SuperResolutionJob>
{
    public string Name => "test";

    public int Runs { get; private set; }

    public TimeSpan LastTimeLeft { get; private set; }

    /// <summary>Runs inside <see cref="Process"/>: advances the clock, throws, or submits.</summary>
    public Action? OnProcess { get; set; }

    public void Process(scoped ref SuperResolutionJob job)
    {
        Runs++;
        LastTimeLeft = job.Deadline.Remaining();
        PlaneView luma = job.Target.Y;
        for (int y = 0; y < luma.Height; y++)
            luma.Row(y).Fill(value);
        OnProcess?.Invoke();
    }

    public void Observe(scoped in SuperResolutionJob job)
    {
    }

    public void Reset()
    {
    }
}
