using System.Runtime.InteropServices;
using RtcEnhance.Inference;

namespace RtcEnhance.Audio.Tests.Concealment;

/// <summary>
/// random.call holds a past, what the classical stage goes on with, its lag and correlation, and what the network with
/// random weights makes of them in PyTorch, without its white noise: models/training/plc/export.py --random.
/// </summary>
[Trait("Category", "Simd")]
public class NeuralChannelTests
{
    private const int Step = ConcealmentNetwork.StepLength;
    private const int Steps = 30;
    private const int MaxLag = 288;

    [Fact]
    public void Generate_AfterAPast_IsWithinRoundingOfPyTorch()
    {
        float[] call = MemoryMarshal.Cast<byte, float>(ConcealmentModels.Read("random.call")).ToArray();
        int continuation = (Steps * Step) + ConcealmentNetwork.LookAhead;
        ReadOnlySpan<float> signal = call.AsSpan(0, PastFeatures.PastLength + continuation);
        ReadOnlySpan<float> expected = call.AsSpan(signal.Length + 2);
        NeuralChannel channel = Channel();

        ReadOnlySpan<float> past = signal[..PastFeatures.PastLength];
        channel.Begin(past, channel.Measure(past), (int)call[signal.Length], call[signal.Length + 1], 0);
        var found = new float[Steps * Step];
        for (int step = 0; step < Steps; step++)
            channel.Generate(found.AsSpan(step * Step, Step), signal.Slice(PastFeatures.PastLength + (step * Step) - NeuralChannel.SourceBefore, NeuralChannel.SourceLength));

        Assert.Equal(expected.Length, found.Length);
        // What a step wrote, the next ones hear: rounding grows with the call.
        Assert.True(Farthest(found, expected, 0, 16) < 1e-5, $"{Farthest(found, expected, 0, 16)}");
        Assert.True(Farthest(found, expected, 16, Steps) < 2e-3, $"{Farthest(found, expected, 16, Steps)}");
    }

    private static double Farthest(float[] found, ReadOnlySpan<float> expected, int first, int end)
    {
        double farthest = 0;
        for (int i = first * Step; i < end * Step; i++)
            farthest = Math.Max(farthest, Math.Abs(found[i] - expected[i]));
        return farthest;
    }

    private static NeuralChannel Channel()
    {
        ConcealmentNetwork network = ConcealmentNetworkReader.Read(OnnxModel.Parse(ConcealmentModels.Read("random.onnx"), "random"));
        int inputs = network.Out.Weights.Length / network.Out.Biases.Length;
        network.Out.Weights.AsSpan(2 * ConcealmentNetwork.Taps * inputs).Clear();
        network.Out.Biases.AsSpan(2 * ConcealmentNetwork.Taps).Clear();
        return new NeuralChannel(new ConcealmentWeights(network, InferencePrecision.FloatingPoint), new PastFeatures(), MaxLag);
    }
}
