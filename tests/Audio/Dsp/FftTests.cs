namespace RtcEnhance.Audio.Tests;

public class FftTests
{
    [Fact]
    public void Forward_EverySizeTo4096_EqualsTheSumOfTheDefinition()
    {
        for (var size = 4; size <= 4096; size *= 2)
        {
            var signal = Noise(size, seed: size);
            var fft = new Fft(size);
            var real = new float[fft.Bins];
            var imaginary = new float[fft.Bins];

            fft.Forward(signal, real, imaginary);

            // Every bin of the short sizes, a spread of bins of the long ones: the reference is quadratic.
            var largest = real.Zip(imaginary, (a, b) => Math.Sqrt(a * a + b * b)).Max();
            for (var bin = 0; bin < fft.Bins; bin += Math.Max(1, size / 256))
            {
                var (expectedReal, expectedImaginary) = Bin(signal, bin);
                Assert.InRange(real[bin] - expectedReal, -1e-6 * largest, 1e-6 * largest);
                Assert.InRange(imaginary[bin] - expectedImaginary, -1e-6 * largest, 1e-6 * largest);
            }
        }
    }

    [Fact]
    public void Inverse_OfForward_GivesTheSignalBack()
    {
        for (var size = 4; size <= 65536; size *= 2)
        {
            var signal = Noise(size, seed: size + 1);
            var fft = new Fft(size);
            var real = new float[fft.Bins];
            var imaginary = new float[fft.Bins];
            var back = new float[size];

            fft.Forward(signal, real, imaginary);
            fft.Inverse(real, imaginary, back);

            for (var i = 0; i < size; i++)
                Assert.InRange(back[i] - signal[i], -2e-6, 2e-6);
        }
    }

    [Fact]
    public void ForwardAndInverse_AfterWarmUp_AllocateNothing()
    {
        var fft = new Fft(512);
        var time = Noise(512, seed: 3);
        var real = new float[fft.Bins];
        var imaginary = new float[fft.Bins];

        AllocationAssert.None(
            () =>
            {
                fft.Forward(time, real, imaginary);
                fft.Inverse(real, imaginary, time);
            },
            warmUps: 1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(48)]
    [InlineData(131072)]
    public void Constructor_OfAnotherSize_NamesIt(int size) =>
        Assert.Contains(size.ToString(), Assert.Throws<ArgumentOutOfRangeException>(() => new Fft(size)).Message);

    [Fact]
    public void Forward_WithWrongLengths_Throws()
    {
        var fft = new Fft(64);

        Assert.Throws<ArgumentException>(() => fft.Forward(new float[63], new float[33], new float[33]));
        Assert.Throws<ArgumentException>(() => fft.Inverse(new float[33], new float[32], new float[64]));
    }

    private static float[] Noise(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 2 - 1)];
    }

    private static (double Real, double Imaginary) Bin(float[] signal, int bin)
    {
        double real = 0, imaginary = 0;
        for (var n = 0; n < signal.Length; n++)
        {
            var angle = -2 * Math.PI * ((long)n * bin % signal.Length) / signal.Length;
            real += signal[n] * Math.Cos(angle);
            imaginary += signal[n] * Math.Sin(angle);
        }

        return (real, imaginary);
    }
}
