using RtcEnhance.Testing;

namespace RtcEnhance.Tests;

/// <summary>A job whose output is the name of whoever made it.</summary>
internal ref struct TextJob
{
    public Span<char> Output { get; set; }

    public int Scratch { get; set; }
}

/// <summary>A stage that takes as long as it is told on the virtual clock, throws where it is told, and counts.</summary>
internal sealed class ScriptedStage(string name, ManualTimeProvider time) : IStage<TextJob>
{
    public string Name => name;

    public TimeSpan Cost { get; set; }

    public TimeSpan ObserveCost { get; set; }

    public bool ThrowsInProcess { get; set; }

    public bool ThrowsInObserve { get; set; }

    public bool ThrowsInReset { get; set; }

    public int Processed { get; private set; }

    public int Observed { get; private set; }

    public int Resets { get; private set; }

    public void Process(scoped ref TextJob job)
    {
        Processed++;
        job.Scratch++;
        time.Advance(Cost);
        job.Output.Fill('?');
        if (ThrowsInProcess)
        {
            job.Output = default;
            throw new InvalidOperationException($"{name} in Process");
        }

        job.Output.Fill(name[0]);
    }

    public void Observe(scoped in TextJob job)
    {
        Observed++;
        time.Advance(ObserveCost);
        if (ThrowsInObserve)
            throw new InvalidOperationException($"{name} in Observe");
    }

    public void Reset()
    {
        Resets++;
        if (ThrowsInReset)
            throw new InvalidOperationException($"{name} in Reset");
    }
}
