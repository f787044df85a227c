using RtcEnhance.Inference;

namespace RtcEnhance.Tests.Inference;

[Trait("Category", "Simd")]
public sealed class PlaneUpscalerTests
{
    private static readonly (string Name, RandomUpscaler Network)[] Networks =
    [
        ("body of 16", new RandomUpscaler()),
        ("body of 8", new RandomUpscaler { Widths = [8, 8, 8] }),
        ("body of 12 and a 5 x 5 kernel", new RandomUpscaler { Widths = [12, 12], FirstKernel = 5 }),
        ("body of 8 and a 5 x 5 kernel", new RandomUpscaler { Widths = [8, 8], FirstKernel = 5, Activation = "clip" }),
        ("odd widths", new RandomUpscaler { Widths = [5, 13, 3, 16] }),
        ("slopes and a skip", new RandomUpscaler { Widths = [16, 16, 16, 16], Activation = "prelu", Skip = (1, 4) }),
        ("narrow slopes and a skip", new RandomUpscaler { Widths = [8, 8, 8, 8], Activation = "prelu", Skip = (1, 3) }),
        ("clipped and a skip", new RandomUpscaler { Widths = [16, 16], Activation = "clip", Skip = (1, 2) }),
        ("1 x 1 kernels", new RandomUpscaler { Widths = [16, 16], InnerKernel = 1, FirstKernel = 1 }),
        ("one hidden layer", new RandomUpscaler { Widths = [4], Base = "linear" }),
        ("scale 1", new RandomUpscaler { Widths = [16, 8], Scale = 1 }),
        ("scale 3", new RandomUpscaler { Widths = [8, 8], Scale = 3 }),
        ("scale 4", new RandomUpscaler { Widths = [16], Scale = 4, Base = "linear" }),
    ];

    private static readonly (int Width, int Height)[] Sizes = [(1, 1), (3, 2), (17, 5), (35, 9)];

    public static TheoryData<string> Names => [.. Networks.Select(n => n.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void ProcessRows_EightBit_EqualsTheReference(string name)
    {
        UpscalingModel model = Load(name);
        foreach ((int width, int height) in Sizes)
        {
            byte[] luma = Luma(width, height);

            byte[] found = Upscale(model, InferencePrecision.EightBit, luma, width, height);

            byte[] expected = ReferenceUpscaler.RunBytes(model.Network, luma, width, height);
            if (model.Info.Scale is 1 or 2)
                Assert.Equal(expected, found);
            else
                Assert.All(found.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ProcessRows_FloatingPoint_IsWithinRoundingOfTheReference(string name)
    {
        UpscalingModel model = Load(name);
        foreach ((int width, int height) in Sizes)
        {
            byte[] luma = Luma(width, height);

            byte[] found = Upscale(model, InferencePrecision.FloatingPoint, luma, width, height);

            double[] expected = ReferenceUpscaler.Run(model.Network, luma, width, height);
            Assert.All(found.Zip(expected), pair => Assert.InRange(pair.First - Math.Clamp(pair.Second, 0, 255), -0.501, 0.501));
        }
    }

    [Theory]
    [InlineData(InferencePrecision.EightBit)]
    [InlineData(InferencePrecision.FloatingPoint)]
    public void ProcessRows_InBandsOfAnyHeight_EqualsTheWholePicture(InferencePrecision precision)
    {
        const int width = 20, height = 23;
        UpscalingModel model = Load("slopes and a skip");
        byte[] luma = Luma(width, height);
        byte[] whole = Upscale(model, precision, luma, width, height);
        using var upscaler = new PlaneUpscaler(model, precision, 1);
        var target = new byte[whole.Length];
        upscaler.Begin(width, height);

        // One after the other, then again from the middle, and the upper part last.
        foreach ((int first, int end) in ((int, int)[])[(0, 1), (1, 4), (4, 15), (9, 23), (3, 9), (0, 3)])
            upscaler.ProcessRows(luma, width, target, 2 * width, first, end);

        Assert.Equal(whole, target);
    }

    [Theory]
    [InlineData(InferencePrecision.EightBit, 33)]
    [InlineData(InferencePrecision.EightBit, 101)]
    [InlineData(InferencePrecision.FloatingPoint, 101)]
    public void ProcessRows_OnSeveralThreads_EqualsOne(InferencePrecision precision, int width)
    {
        const int height = 8;
        UpscalingModel model = Load("body of 8");
        byte[] luma = Luma(width, height);
        byte[] expected = Upscale(model, precision, luma, width, height);

        byte[] found = Upscale(model, precision, luma, width, height, threads: 3);

        Assert.Equal(expected, found);
    }

    [Fact]
    public void ProcessRows_SizeChanges_LeavesNothingOfTheLastPicture()
    {
        UpscalingModel model = Load("body of 8");
        using var upscaler = new PlaneUpscaler(model, InferencePrecision.EightBit, 2);
        foreach ((int width, int height) in ((int, int)[])[(80, 6), (70, 9), (9, 4), (80, 3), (80, 6)])
        {
            byte[] luma = Luma(width, height);
            var target = new byte[4 * width * height];
            upscaler.Begin(width, height);
            upscaler.ProcessRows(luma, width, target, 2 * width, 0, height);

            Assert.Equal(Upscale(model, InferencePrecision.EightBit, luma, width, height), target);
        }
    }

    [Fact]
    public void ProcessRows_WiderStrides_TouchesThePicturesAlone()
    {
        const int width = 19, height = 4, sourceStride = 32, targetStride = 50;
        UpscalingModel model = Load("body of 8");
        byte[] luma = Luma(width, height);
        byte[] expected = Upscale(model, InferencePrecision.EightBit, luma, width, height);
        var source = new byte[(sourceStride * (height - 1)) + width];
        for (int y = 0; y < height; y++)
            luma.AsSpan(y * width, width).CopyTo(source.AsSpan(y * sourceStride));
        var target = new byte[(targetStride * ((2 * height) - 1)) + (2 * width)];
        Array.Fill(target, (byte)77);
        using var upscaler = new PlaneUpscaler(model, InferencePrecision.EightBit, 1);
        upscaler.Begin(width, height);

        upscaler.ProcessRows(source, sourceStride, target, targetStride, 0, height);

        for (int i = 0; i < target.Length; i++)
        {
            int x = i % targetStride;
            Assert.Equal(x < 2 * width ? expected[(i / targetStride * 2 * width) + x] : 77, target[i]);
        }
    }

    [Theory]
    [InlineData(InferencePrecision.EightBit, "body of 8")]
    [InlineData(InferencePrecision.FloatingPoint, "body of 8")]
    [InlineData(InferencePrecision.EightBit, "scale 3")]
    public void ProcessRows_WarmedUp_AllocatesNothing(InferencePrecision precision, string name)
    {
        const int width = 72, height = 4;
        UpscalingModel model = Load(name);
        int scale = model.Info.Scale;
        byte[] luma = Luma(width, height);
        var target = new byte[scale * scale * width * height];
        using var upscaler = new PlaneUpscaler(model, precision, 2);

        AllocationAssert.None(
            () =>
            {
                upscaler.Begin(width, height);
                upscaler.ProcessRows(luma, width, target, scale * width, 0, height);
            },
            warmUps: 5);
    }

    [Fact]
    public void Constructor_NoActivationScales_RefusesEightBits()
    {
        UpscalingModel model = UpscalingModel.Load(new RandomUpscaler { Widths = [4], IsQuantised = false }.ToArray(), "plain");

        Assert.False(model.Info.IsQuantised);
        Assert.Throws<ArgumentException>(() => new PlaneUpscaler(model, InferencePrecision.EightBit, 1));
        new PlaneUpscaler(model, InferencePrecision.FloatingPoint, 1).Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public void Constructor_ThreadsOutsideRange_Throws(int threads)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new PlaneUpscaler(Load("body of 8"), InferencePrecision.EightBit, threads));

    private static UpscalingModel Load(string name) => UpscalingModel.Load(Networks.Single(n => n.Name == name).Network.ToArray(), name);

    private static byte[] Luma(int width, int height)
    {
        var random = new Random(width + height);
        return [.. Enumerable.Range(0, width * height).Select(i => (byte)Math.Clamp(128 + (140 * Math.Sin((i % width * 0.7) + (i / width * 0.4))) + random.Next(-30, 30), 0, 255))];
    }

    private static byte[] Upscale(UpscalingModel model, InferencePrecision precision, byte[] luma, int width, int height, int threads = 1)
    {
        int scale = model.Info.Scale;
        var target = new byte[scale * scale * width * height];
        using var upscaler = new PlaneUpscaler(model, precision, threads);
        upscaler.Begin(width, height);
        upscaler.ProcessRows(luma, width, target, scale * width, 0, height);
        return target;
    }
}
