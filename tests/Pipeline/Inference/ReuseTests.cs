using System.Runtime.Intrinsics;
using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Inference;

namespace RtcEnhance.Tests.Inference;

/// <summary>Whatever changes from picture to picture, and whatever was left out, each is made as if it were the first.</summary>
[Trait("Category", "Simd")]
public sealed class ReuseTests
{
    private static readonly (RandomUpscaler Network, InferencePrecision Precision)[] Networks =
    [
        (new RandomUpscaler { Widths = [8, 8, 8] }, InferencePrecision.EightBit),
        (new RandomUpscaler { Widths = [16, 16, 16], Activation = "prelu", Skip = (1, 3) }, InferencePrecision.EightBit),
        (new RandomUpscaler { Widths = [12, 12], FirstKernel = 5, Scale = 1 }, InferencePrecision.EightBit),
        (new RandomUpscaler { Widths = [16, 16], InnerKernel = 1, FirstKernel = 1, Base = "linear" }, InferencePrecision.EightBit),
        (new RandomUpscaler { Widths = [8, 8], Scale = 3 }, InferencePrecision.EightBit),
        (new RandomUpscaler { Widths = [8, 8, 8], Activation = "prelu", Skip = (1, 3) }, InferencePrecision.FloatingPoint),
    ];

    private static readonly UpscalingModel[] Models = [.. Networks.Select((n, i) => UpscalingModel.Load(n.Network.ToArray(), $"{i}"))];

    private static readonly (int Width, int Height)[] Sizes = [(101, 40), (260, 17), (72, 50), (9, 5)];

    [Theory]
    [InlineData(1, PlaneUpscaler.MostKeptBytes)]
    [InlineData(1, 0)]
    [InlineData(3, PlaneUpscaler.MostKeptBytes)]
    [InlineData(3, 0)]
    public void ProcessRows_AnySequenceOfChanges_EqualsComputingAnew(int threads, long mostKeptBytes)
        => Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Play(new Random(seed), threads, mostKeptBytes))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Vector128.IsHardwareAccelerated ? 12 : 2).WithReplay((ulong)threads, 11));

    [Fact]
    public void ProcessRows_NothingChanged_TakesAllOver()
    {
        const int width = 100, height = 30;
        byte[] luma = Noise(new Random(1), width, height);
        var target = new byte[4 * luma.Length];
        using var upscaler = new PlaneUpscaler(Models[0], InferencePrecision.EightBit, 2);

        for (int i = 0; i < 3; i++)
        {
            Array.Clear(target);
            Process(upscaler, luma, width, height, target, 2, 0, height);
        }

        Assert.Equal(target.Length, upscaler.SamplesComputed);
        Assert.Equal(2 * target.Length, upscaler.SamplesReused);
        Assert.Equal(Anew(0, luma, width, height), target);
    }

    [Fact]
    public void ProcessRows_OneSampleChanged_ComputesWhatItReaches()
    {
        const int width = 100, height = 50, reach = 4, cell = 2;
        byte[] luma = Noise(new Random(1), width, height);
        var target = new byte[4 * luma.Length];
        using var upscaler = new PlaneUpscaler(Models[0], InferencePrecision.EightBit, 1);
        Process(upscaler, luma, width, height, target, 2, 0, height);
        luma[(20 * width) + 50]++;

        Process(upscaler, luma, width, height, target, 2, 0, height);

        Assert.Equal(target.Length + (4 * ((2 * reach) + 1) * ((2 * reach) + cell)), upscaler.SamplesComputed);
        Assert.Equal(Anew(0, luma, width, height), target);
    }

    [Fact]
    public void Reset_SamePicture_ComputesAll()
    {
        const int width = 40, height = 20;
        byte[] luma = Noise(new Random(1), width, height);
        var target = new byte[4 * luma.Length];
        using var upscaler = new PlaneUpscaler(Models[0], InferencePrecision.EightBit, 1);
        Process(upscaler, luma, width, height, target, 2, 0, height);

        upscaler.Reset();
        Process(upscaler, luma, width, height, target, 2, 0, height);

        Assert.Equal(2 * target.Length, upscaler.SamplesComputed);
        Assert.Equal(0, upscaler.SamplesReused);
    }

    [Theory]
    [InlineData(PlaneUpscaler.MostKeptBytes)]
    [InlineData(0)]
    public void ProcessRows_ChangesAndPartsLeftOut_AllocatesNothing(long mostKeptBytes)
    {
        const int width = 90, height = 20;
        byte[] luma = Noise(new Random(1), width, height);
        var target = new byte[4 * luma.Length];
        using var upscaler = new PlaneUpscaler(Models[0], InferencePrecision.EightBit, 2, mostKeptBytes);

        AllocationAssert.None(
            () =>
            {
                luma[(7 * width) + 30]++;
                Process(upscaler, luma, width, height, target, 2, 0, height / 2);
                Process(upscaler, luma, width, height, target, 2, 0, height);
            },
            warmUps: 5);
    }

    private static void Play(Random random, int threads, long mostKeptBytes)
    {
        int index = random.Next(Models.Length);
        InferencePrecision precision = Networks[index].Precision;
        int scale = Models[index].Info.Scale;
        using var upscaler = new PlaneUpscaler(Models[index], precision, threads, mostKeptBytes);
        (int width, int height) = Sizes[random.Next(Sizes.Length)];
        byte[] luma = Noise(random, width, height);
        byte[] older = luma;
        for (int picture = 0; picture < 12; picture++)
        {
            switch (random.Next(12))
            {
                case 0:
                    (width, height) = Sizes[random.Next(Sizes.Length)];
                    luma = older = Noise(random, width, height);
                    break;
                case 1:
                    upscaler.Reset();
                    break;
                case 2:
                    (luma, older) = ([.. older], luma);
                    break;
                default:
                    older = [.. luma];
                    Change(random, luma, width, height);
                    break;
            }

            // Some pictures are never given to it, and of some only the upper rows, some of them twice.
            if (random.Next(5) == 0)
                continue;
            int end = random.Next(3) == 0 ? random.Next(height + 1) : height;
            int joint = random.Next(end + 1);
            var target = new byte[scale * scale * luma.Length];
            upscaler.Begin(width, height);
            upscaler.ProcessRows(luma, width, target, scale * width, 0, joint);
            upscaler.ProcessRows(luma, width, target, scale * width, Math.Max(joint - random.Next(2), 0), end);

            int length = scale * scale * width * end;
            Assert.Equal(Anew(index, luma, width, height).AsSpan(0, length), target.AsSpan(0, length));
        }
    }

    private static void Change(Random random, byte[] luma, int width, int height)
    {
        for (int i = random.Next(4); i > 0; i--)
        {
            // A rectangle, often a single sample, often at an edge, sometimes all.
            int columns = random.Next(4) switch { 0 => 1, 1 => width, _ => random.Next(width) + 1 };
            int rows = random.Next(4) switch { 0 => 1, 1 => height, _ => random.Next(height) + 1 };
            int left = random.Next(3) switch { 0 => 0, 1 => width - columns, _ => random.Next(width - columns + 1) };
            int top = random.Next(3) switch { 0 => 0, 1 => height - rows, _ => random.Next(height - rows + 1) };
            // Often as slight as what coding leaves behind where nothing moves.
            bool isSlight = random.Next(2) == 0;
            for (int y = top; y < top + rows; y++)
            {
                Span<byte> changed = luma.AsSpan((y * width) + left, columns);
                if (!isSlight)
                    random.NextBytes(changed);
                for (int x = 0; x < columns && isSlight; x++)
                    changed[x] ^= (byte)random.Next(2);
            }
        }
    }

    private static byte[] Noise(Random random, int width, int height)
    {
        var luma = new byte[width * height];
        random.NextBytes(luma);
        return luma;
    }

    private static byte[] Anew(int index, byte[] luma, int width, int height)
    {
        int scale = Models[index].Info.Scale;
        var target = new byte[scale * scale * luma.Length];
        using var upscaler = new PlaneUpscaler(Models[index], Networks[index].Precision, 1);
        Process(upscaler, luma, width, height, target, scale, 0, height);
        return target;
    }

    private static void Process(PlaneUpscaler upscaler, byte[] luma, int width, int height, byte[] target, int scale, int first, int end)
    {
        upscaler.Begin(width, height);
        upscaler.ProcessRows(luma, width, target, scale * width, first, end);
    }
}
