using static RtcEnhance.Audio.Tests.Concealment.ConcealmentSignals;

namespace RtcEnhance.Audio.Tests.Concealment;

/// <summary>The stage changes in the middle of a loss: whoever takes over observed what the other one made.</summary>
public class ConcealerTakeoverTests
{
    public static TheoryData<int, bool> Cases => new() { { 8000, true }, { 16000, true }, { 48000, true }, { 16000, false } };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Process_AfterAnothersBlocks_GoesOnWithTheFade(int rate, bool isNeural)
    {
        var format = new AudioFormat(rate);
        var stays = new PitchConcealer(format);
        IStage<ConcealmentJob> takesOver = isNeural ? new NeuralConcealer(ConcealmentModels.Plain, format) : new PitchConcealer(format);
        float[] voice = Voice(format, 40, 140);
        Observe(stays, voice, format);
        Observe(takesOver, voice, format);

        var block = new float[format.BlockLength];
        for (int i = 0; i < 10; i++)
        {
            var job = new ConcealmentJob { Output = block, IsConcealed = true };
            stays.Process(ref job);
            takesOver.Observe(in job);
        }

        double own = Power(Conceal(takesOver, format, 10));
        double others = Power(Conceal(stays, format, 10));
        Assert.True(own <= 2.5 * others, $"{own} over {others}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Process_StagesTakeTurns_MakesNoClick(int rate, bool isNeural)
    {
        var format = new AudioFormat(rate);
        var first = new PitchConcealer(format);
        IStage<ConcealmentJob> second = isNeural ? new NeuralConcealer(ConcealmentModels.Plain, format) : new PitchConcealer(format);
        float[] voice = Voice(format, 40, 140);
        Observe(first, voice, format);
        Observe(second, voice, format);

        List<float> played = [.. voice.AsSpan(39 * format.BlockLength)];
        for (int i = 0; i < 8; i++)
        {
            var job = new ConcealmentJob { Output = new float[format.BlockLength], IsConcealed = true };
            IStage<ConcealmentJob> makes = i % 2 == 0 ? first : second;
            IStage<ConcealmentJob> hears = i % 2 == 0 ? second : first;
            makes.Process(ref job);
            hears.Observe(in job);
            played.AddRange(job.Output);
        }

        Assert.True(LargestStep([.. played], 1) < 1.5f * LargestStep(voice, 1));
    }

    [Fact]
    public void Process_AfterReceivedBlocks_BeginsAnew()
    {
        var format = new AudioFormat(16000);
        var concealer = new PitchConcealer(format);
        float[] voice = Voice(format, 40, 140);
        Observe(concealer, voice, format);
        float[] expected = Conceal(concealer, format, 1);
        for (int i = 0; i < 20; i++)
            Conceal(concealer, format, 1);

        Observe(concealer, voice, format);

        Assert.InRange(SnrDb(expected, Conceal(concealer, format, 1)), 6, double.PositiveInfinity);
    }
}
