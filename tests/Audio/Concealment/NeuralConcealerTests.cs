using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Testing;
using static RtcEnhance.Audio.Tests.Concealment.ConcealmentSignals;

namespace RtcEnhance.Audio.Tests.Concealment;

/// <summary>plain.onnx is an untrained network, which plays the classical concealment; random.onnx plays anything.</summary>
[Trait("Category", "Simd")]
public class NeuralConcealerTests
{
    private static readonly ConcealmentModel Plain = Load("plain");
    private static readonly ConcealmentModel Wild = Load("random");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Process_UntrainedNetwork_EqualsTheClassicalStage(int channels)
    {
        var format = new AudioFormat(16000, channels);
        float[] voice = Voice(format, 60, 140);
        bool[] lost = Losses(60, 30, 20);

        float[] expected = ConcealmentRunner.Conceal(voice, format, lost, 10, new PitchConcealer(format));
        float[] found = ConcealmentRunner.Conceal(voice, format, lost, 10, new NeuralConcealer(Plain, format));

        Assert.All(found.Zip(expected).Take(50 * format.BlockLength), pair => Assert.InRange(pair.First - pair.Second, -1e-5f, 1e-5f));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("random")]
    public void Process_NothingPlayedYet_IsSilence(string network)
    {
        var format = new AudioFormat(16000);
        var samples = new float[10 * format.BlockLength];

        float[] output = ConcealmentRunner.Conceal(samples, format, Losses(10, 0, 10), 10, new NeuralConcealer(network == "plain" ? Plain : Wild, format));

        Assert.All(output, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Process_AnyPastAndNetwork_NeverExceedsThePastsLevel()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var format = new AudioFormat(16000, 1 + random.Next(2));
            var samples = new float[40 * format.BlockLength];
            double scale = random.NextDouble();
            double sparse = random.NextDouble();
            for (int i = 0; i < 20 * format.BlockLength; i++)
                samples[i] = random.NextDouble() < sparse ? 0 : (float)(scale * (random.NextDouble() * 2 - 1));

            float[] output = ConcealmentRunner.Conceal(samples, format, Losses(40, 20, 15), 10, new NeuralConcealer(Wild, format));

            return Peak(output.AsSpan(20 * format.BlockLength)) <= 1.3f * Peak(samples);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Process_LossOfASecond_EndsInSilence()
    {
        var format = new AudioFormat(16000);
        float[] voice = Voice(format, 140, 140);

        float[] output = ConcealmentRunner.Conceal(voice, format, Losses(140, 40, 100), 10, new NeuralConcealer(Wild, format));

        Assert.Equal(0, Peak(output.AsSpan(130 * format.BlockLength, 10 * format.BlockLength)));
    }

    [Fact]
    public void Reset_ThenTheSameCall_RepeatsIt()
    {
        var format = new AudioFormat(16000);
        float[] voice = Voice(format, 60, 140);
        bool[] lost = Losses(60, 30, 12);
        var concealer = new NeuralConcealer(Wild, format);
        float[] first = ConcealmentRunner.Conceal(voice, format, lost, 10, concealer);

        concealer.Reset();

        Assert.Equal(first, ConcealmentRunner.Conceal(voice, format, lost, 10, concealer));
    }

    [Fact]
    public void Process_AfterTheFirstLoss_AllocatesNothing()
    {
        var format = new AudioFormat(16000);
        var concealer = new NeuralConcealer(Wild, format);
        var output = new float[format.BlockLength];
        var received = new float[format.BlockLength];
        void Lose()
        {
            var observed = new ConcealmentJob { Output = output };
            concealer.Observe(in observed);
            var lost = new ConcealmentJob { Output = output };
            concealer.Process(ref lost);
            var merge = new ConcealmentJob { Output = output, Received = received };
            concealer.Process(ref merge);
        }

        for (int i = 0; i < 50; i++)
            Lose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Lose();
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(0, after - before);
    }

    [Fact]
    public void Constructor_OtherRate_Throws()
        => Assert.Throws<ArgumentException>(() => new NeuralConcealer(Plain, new AudioFormat(44100)));

    private static bool[] Losses(int blocks, int first, int count) => [.. Enumerable.Range(0, blocks).Select(block => block >= first && block < first + count)];

    private static ConcealmentModel Load(string name)
    {
        using Stream stream = typeof(NeuralConcealerTests).Assembly.GetManifestResourceStream($"Models/{name}.onnx")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return ConcealmentModel.Load(bytes, name);
    }
}
