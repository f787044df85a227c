using RtcEnhance.Testing;
using static RtcEnhance.Audio.Tests.Concealment.ConcealmentSignals;

namespace RtcEnhance.Audio.Tests.Concealment;

public class ConcealmentRunnerTests
{
    private static readonly AudioFormat Format = new(16000);

    [Theory]
    [InlineData(16000, 1, 20)]
    [InlineData(8000, 2, 10)]
    [InlineData(48000, 1, 60)]
    public void Conceal_OutsideLossesAndTheBlockAfter_EqualsTheInput(int rate, int channels, int packetMs)
    {
        var format = new AudioFormat(rate, channels);
        float[] input = Voice(format, 101, 130)[..^(3 * channels)];
        bool[] lost = Losses(101 * 10 / packetMs + 1);

        float[] output = ConcealmentRunner.Conceal(input, format, lost, packetMs, new PitchConcealer(format));

        Assert.Equal(input.Length, output.Length);
        int packet = format.BlockLength * packetMs / 10;
        bool changed = false;
        for (int i = 0; i < input.Length; i++)
        {
            bool merging = i >= packet && lost[i / packet - 1] && i % packet < format.BlockLength;
            if (!lost[i / packet] && !merging)
                Assert.Equal(BitConverter.SingleToInt32Bits(input[i]), BitConverter.SingleToInt32Bits(output[i]));
            changed |= input[i] != output[i];
        }
        Assert.True(changed);
    }

    [Fact]
    public void Conceal_HiddenSamplesAltered_ChangesNothing()
    {
        float[] input = Voice(Format, 100, 130);
        bool[] lost = Losses(50);
        float[] altered = [.. input];
        for (int i = 0; i < altered.Length; i++)
        {
            if (lost[i / 320])
                altered[i] = float.NaN;
        }

        Assert.Equal(
            ConcealmentRunner.Conceal(input, Format, lost, 20, new PitchConcealer(Format)),
            ConcealmentRunner.Conceal(altered, Format, lost, 20, new PitchConcealer(Format)));
    }

    [Fact]
    public void Conceal_LaterSamplesAltered_ChangesNothingBefore()
    {
        float[] input = Voice(Format, 100, 130);
        bool[] lost = Losses(50);
        float[] whole = ConcealmentRunner.Conceal(input, Format, lost, 20, new PitchConcealer(Format));
        for (int blocks = 1; blocks < 100; blocks += 7)
        {
            float[] cut = ConcealmentRunner.Conceal(input[..(blocks * 160)], Format, lost, 20, new PitchConcealer(Format));

            Assert.Equal(whole[..cut.Length], cut);
        }
    }

    [Fact]
    public void Conceal_Zero_MutesExactlyTheLostPackets()
    {
        float[] input = Voice(Format, 10, 130);

        float[] output = ConcealmentRunner.Conceal(input, Format, [false, true, false, false, true, true], 20, new ZeroConcealer());

        for (int i = 0; i < input.Length; i++)
            Assert.Equal(i / 320 is 1 or 4 ? 0 : input[i], output[i]);
    }

    [Fact]
    public void Conceal_PitchAgainstZero_IsNearerTheTruth()
    {
        float[] input = Voice(Format, 200, 130);
        bool[] lost = Losses(100);

        float[] pitch = ConcealmentRunner.Conceal(input, Format, lost, 20, new PitchConcealer(Format));
        float[] zero = ConcealmentRunner.Conceal(input, Format, lost, 20, new ZeroConcealer());

        Assert.True(SnrDb(input, pitch) > SnrDb(input, zero) + 3);
    }

    [Fact]
    public void Conceal_NothingOrOneSample_IsAccepted()
    {
        Assert.Empty(ConcealmentRunner.Conceal([], Format, [], 20, new PitchConcealer(Format)));
        Assert.Equal([0.5f], ConcealmentRunner.Conceal([0.5f], Format, [false], 20, new PitchConcealer(Format)));
        Assert.Equal([0f], ConcealmentRunner.Conceal([0.5f], Format, [true], 20, new PitchConcealer(Format)));
    }

    [Fact]
    public void Conceal_TraceTooShort_NamesBothCounts()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            ConcealmentRunner.Conceal(new float[16001], Format, new bool[50], 20, new ZeroConcealer()));

        Assert.Contains("51 packets", error.Message, StringComparison.Ordinal);
        Assert.Contains("only 50", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(130)]
    public void Conceal_PacketLengthOutOfRange_Throws(int packetMs)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            ConcealmentRunner.Conceal(new float[160], Format, new bool[1], packetMs, new ZeroConcealer()));
    }

    private static bool[] Losses(int packets)
    {
        var random = new Random(3);
        var lost = new bool[packets];
        for (int p = 1; p < packets; p++)
            lost[p] = random.NextDouble() < (lost[p - 1] ? 0.6 : 0.15);
        return lost;
    }
}
