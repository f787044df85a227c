using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>
/// Item 24: the same packets and pulls give the same decisions, whatever the machine, the vector width and the output.
/// Where the playout is to decide otherwise than before, the failing test says the new hash. Committed captures with their
/// hashes are replayed in the end-to-end tests.
/// </summary>
[Trait("Category", "Simd")]
public class Item24DeterminismTests
{
    private const string Decisions = "407291a81fda4d9d";

    [Theory]
    [InlineData(8000, 1)]
    [InlineData(16000, 1)]
    [InlineData(48000, 2)]
    public void Item24_SameCall_GivesTheSameDecisionsOnAnyDevice(int rateHz, int channels)
        => Assert.Equal(Decisions, Hash(new AudioFormat(rateHz, channels)));

    private static string Hash(AudioFormat output)
    {
        var random = new Random(24);
        var hash = new PlayoutHash();
        using var call = new SimulatedCall(output) { SenderRate = 1.002 };
        call.Delay = _ => random.Next(100) switch { < 5 => null, < 10 => random.Next(300), _ => random.Next(40) };
        call.Run(20_000);
        call.PayloadType = SimulatedCall.G722;
        call.Run(10_000);
        foreach (PlayoutStep step in call.Steps)
            hash.OnBlock(step);
        return hash.ToString();
    }
}
