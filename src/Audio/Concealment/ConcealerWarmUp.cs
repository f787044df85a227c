namespace RtcEnhance.Audio;

/// <summary>
/// Conceals a few losses until the code that does it is compiled: the first loss of a call is not the place for that.
/// Thread-safe.
/// </summary>
internal static class ConcealerWarmUp
{
    // After so many calls a method is compiled for speed.
    private const int Losses = 40;
    private const int ReceivedBlocks = 3;

    /// <summary>Makes a network ready, and what stands in for it, at the rates of telephony and of the web.</summary>
    public static void Run(ConcealmentModel model)
    {
        foreach (int rateHz in (ReadOnlySpan<int>)[8000, 16000, 48000])
        {
            var format = new AudioFormat(rateHz);
            var stage = new BudgetedStage<ConcealmentJob>(
                new CheckedConcealer(new NeuralConcealer(model, format)), new PitchConcealer(format), new BudgetOptions { Budget = TimeSpan.FromSeconds(1) }, TimeProvider.System);
            Run(stage, format.BlockLength);
        }
    }

    // A sawtooth with noise in it, which is neither music nor background.
    private static void Run(BudgetedStage<ConcealmentJob> stage, int blockLength)
    {
        var random = new NoiseSource();
        var block = new float[blockLength];
        var received = new float[blockLength];
        for (int loss = 0; loss < Losses; loss++)
        {
            stage.Manual = loss % 4 == 3;
            for (int i = 0; i < ReceivedBlocks; i++)
            {
                random.Fill(block);
                for (int n = 0; n < blockLength; n++)
                    block[n] = ((0.01f * block[n]) + (0.1f * n / blockLength)) * (1 + (loss % 4));
                var observed = new ConcealmentJob { Output = block };
                stage.Observe(in observed);
            }

            var lost = new ConcealmentJob { Output = block, IsConcealed = true };
            stage.Process(ref lost);
            stage.Process(ref lost);
            var merge = new ConcealmentJob { Output = block, Received = received };
            stage.Process(ref merge);
        }
    }
}
