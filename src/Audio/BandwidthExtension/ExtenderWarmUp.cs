namespace RtcEnhance.Audio;

/// <summary>
/// Designs the filters and extends a second of noise until the code that does it is compiled: the first words of a call
/// are not the place for that. Thread-safe.
/// </summary>
internal static class ExtenderWarmUp
{
    // After so many calls a method is compiled for speed; each block has two of most.
    private const int Blocks = 40;

    /// <summary>Makes a network ready, at every rate.</summary>
    public static void Run(BandwidthExtensionModel model)
    {
        var output = new float[DelayedUpsampler.BlockSamples];
        foreach (int rateHz in (ReadOnlySpan<int>)[8000, 16000, 48000])
        {
            var random = new NoiseSource();
            var input = new float[rateHz / 100];
            var stage = new NeuralExtender(model, rateHz);
            for (int block = 0; block < Blocks; block++)
            {
                random.Fill(input);
                var job = new BandwidthExtensionJob { Input = input, Output = output };
                stage.Process(ref job);
                stage.Observe(in job);
            }
        }
    }
}
