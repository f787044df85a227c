
namespace RtcEnhance.Audio.Tests.Dsp;

public class LinearPredictionTests
{
    [Fact]
    public void Solve_AutoregressiveNoise_FindsItsCoefficients()
    {
        var random = new Random(1);
        var signal = new float[20_000];
        for (int n = 2; n < signal.Length; n++)
            signal[n] = 1.2f * signal[n - 1] - 0.8f * signal[n - 2] + (float)(random.NextDouble() - 0.5);
        var correlation = new double[5];
        var predictor = new float[5];

        LinearPrediction.Autocorrelate(signal, correlation);
        double error = LinearPrediction.Solve(correlation, predictor);

        Assert.Equal(1, predictor[0]);
        Assert.Equal(-1.2f, predictor[1], 0.03f);
        Assert.Equal(0.8f, predictor[2], 0.03f);
        Assert.Equal(0, predictor[3], 0.03f);
        Assert.Equal(1.0 / 12, error / signal.Length, 0.005);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Solve_NoEnergy_PassesThrough(double energy)
    {
        float[] predictor = [9, 9, 9];

        LinearPrediction.Solve([energy, 0, 0], predictor);

        Assert.Equal([1, 0, 0], predictor);
    }

    [Fact]
    public void Synthesize_OfAnalyze_IsTheSignal()
    {
        var random = new Random(2);
        var signal = new float[204];
        for (int n = 0; n < signal.Length; n++)
            signal[n] = (float)random.NextDouble() - 0.5f;
        float[] predictor = [1, -0.9f, 0.4f, 0.1f, -0.05f];
        var residual = new float[200];
        var rebuilt = new float[204];
        signal.AsSpan(0, 4).CopyTo(rebuilt);

        LinearPrediction.Analyze(predictor, signal, residual);
        LinearPrediction.Synthesize(predictor, residual, rebuilt);

        for (int n = 0; n < signal.Length; n++)
            Assert.Equal(signal[n], rebuilt[n], 1e-4f);
    }
}
