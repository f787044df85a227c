using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Video;
using static RtcEnhance.Tests.Video.FramesForTests;

namespace RtcEnhance.Tests.Video;

[Trait("Category", "Simd")]
public sealed class SeparableUpscalerTests
{
    private static readonly (int Width, int Height, int TargetWidth, int TargetHeight)[] Sizes =
    [
        (1, 1, 2, 2), (1, 1, 7, 5), (2, 3, 4, 6), (33, 17, 66, 34), (45, 31, 90, 62), (45, 31, 91, 62), (16, 9, 24, 13),
        (45, 31, 45, 31), (70, 40, 33, 81), (64, 64, 20, 20), (3, 200, 100, 2), (129, 5, 258, 10),

        // Widths in a ratio of small whole numbers, many vectors wide and one sample.
        (34, 18, 51, 27), (50, 30, 150, 90), (21, 9, 84, 36), (132, 40, 99, 30), (200, 20, 100, 10), (75, 9, 100, 12), (66, 12, 44, 8), (4, 4, 3, 3), (2, 2, 3, 3),
    ];

    [Theory]
    [InlineData("bilinear")]
    [InlineData("bicubic")]
    [InlineData("lanczos")]
    public void Process_AnySize_IsWithinOneOfTheReference(string name)
    {
        IStage<SuperResolutionJob> upscaler = Create(name);
        foreach ((int width, int height, int targetWidth, int targetHeight) in Sizes)
        {
            foreach (FrameLayout layout in (FrameLayout[])[FrameLayout.I420, FrameLayout.Nv12])
            {
                using VideoFrame source = Random(width, height, width + height, layout);
                using VideoFrame target = Empty(targetWidth, targetHeight, layout);

                Upscale(upscaler, source, target);

                foreach ((byte[] from, int w, int h, byte[] to, int tw, int th) in Components(source, target))
                {
                    double[] expected = ReferenceResize.Resize(name, from, w, h, tw, th);
                    int worst = Enumerable.Range(0, to.Length).Max(i => Math.Abs(to[i] - Rounded(expected[i])));
                    Assert.True(worst <= 1, $"{name} {width}x{height} to {targetWidth}x{targetHeight} {layout}: off by {worst}");
                }
            }
        }
    }

    [Theory]
    [InlineData("bilinear")]
    [InlineData("bicubic")]
    public void Process_TwiceTheSize_EqualsTheReference(string name)
    {
        using VideoFrame source = Random(75, 41, 5);
        using VideoFrame target = Empty(150, 82);

        Upscale(Create(name), source, target);

        double[] expected = ReferenceResize.Resize(name, Samples(source.Y), 75, 41, 150, 82);
        Assert.Equal(Array.ConvertAll(expected, value => (byte)Rounded(value)), Samples(target.Y));
    }

    // The same bytes whatever the vector width: run this under DOTNET_EnableAVX512=0, DOTNET_EnableAVX2=0 and
    // DOTNET_EnableHWIntrinsic=0.
    [Theory]
    [InlineData("bilinear", 0x1C083006u, 150, 113)]
    [InlineData("bicubic", 0x9760736Eu, 150, 113)]
    [InlineData("lanczos", 0xFEC7A4F4u, 150, 113)]
    [InlineData("bilinear", 0x4D35D1AFu, 225, 100, 50)]
    [InlineData("bicubic", 0x64735617u, 225, 100, 50)]
    [InlineData("lanczos", 0x00FD8003u, 225, 100, 50)]
    public void Process_OnEveryInstructionSet_GivesTheSameBytes(string name, uint expected, params int[] widths)
    {
        IStage<SuperResolutionJob> upscaler = Create(name);
        uint hash = 2166136261;
        foreach (int width in widths)
        {
            using VideoFrame source = Random(75, 41, 9);
            using VideoFrame target = Empty(width, ((width * 41) + 37) / 75);
            Upscale(upscaler, source, target);
            ForEachPlane(target, plane =>
            {
                foreach (byte value in Samples(plane))
                    hash = (hash ^ value) * 16777619;
            });
        }

        Assert.Equal($"{expected:X8}", $"{hash:X8}");
    }

    [Fact]
    public void Process_ConstantPicture_StaysConstant()
    {
        var sizes =
            from width in Gen.Choose(1, 70)
            from height in Gen.Choose(1, 40)
            from targetWidth in Gen.Choose(1, 150)
            from targetHeight in Gen.Choose(1, 90)
            from value in Gen.Choose(0, 255)
            select (width, height, targetWidth, targetHeight, (byte)value);
        string[] names = ["bilinear", "bicubic", "lanczos", "easu"];
        Prop.ForAll(sizes.ToArbitrary(), size =>
        {
            using VideoFrame source = Constant(size.width, size.height, size.Item5, 3, 250);
            return names.All(name =>
            {
                using VideoFrame target = Empty(size.targetWidth, size.targetHeight);
                Upscale(Create(name), source, target);
                return Samples(target.Y).All(sample => sample == size.Item5)
                    && Samples(target.U).All(sample => sample == 3)
                    && Samples(target.V).All(sample => sample == 250);
            });
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("bilinear")]
    [InlineData("bicubic")]
    [InlineData("lanczos")]
    [InlineData("easu")]
    public void Process_SameSize_CopiesThePicture(string name)
    {
        using VideoFrame source = Random(37, 23, 3);
        using VideoFrame target = Empty(37, 23);

        Upscale(Create(name), source, target);

        Assert.Equal(Samples(source.Y), Samples(target.Y));
        Assert.Equal(Samples(source.U), Samples(target.U));
        Assert.Equal(Samples(source.V), Samples(target.V));
    }

    [Theory]
    [InlineData("bilinear")]
    [InlineData("bicubic")]
    [InlineData("lanczos")]
    [InlineData("easu")]
    public void Process_WarmedUp_AllocatesNothing(string name)
    {
        IStage<SuperResolutionJob> upscaler = Create(name);
        using VideoFrame source = Random(64, 48, 1);
        using VideoFrame target = Empty(128, 96);

        AllocationAssert.None(() => Upscale(upscaler, source, target), warmUps: 3, runs: 10);
    }

    [Fact]
    public void Process_LayoutsDiffer_Throws()
    {
        using VideoFrame source = Random(8, 8, 1);
        using VideoFrame target = Empty(16, 16, FrameLayout.Nv12);

        Assert.Throws<ArgumentException>(() => Upscale(new BicubicUpscaler(), source, target));
        Assert.Throws<ArgumentException>(() => Upscale(new EdgeAdaptiveUpscaler(), source, target));
    }

    [Fact]
    public void Process_AfterReset_GivesTheSamePicture()
    {
        foreach (string name in (string[])["bicubic", "easu"])
        {
            IStage<SuperResolutionJob> upscaler = Create(name);
            using VideoFrame source = Random(20, 20, 1);
            using VideoFrame first = Empty(40, 40);
            using VideoFrame second = Empty(40, 40);

            Upscale(upscaler, source, first);
            upscaler.Reset();
            Upscale(upscaler, source, second);

            Assert.Equal(Samples(first.Y), Samples(second.Y));
        }
    }

    private static IStage<SuperResolutionJob> Create(string name) => name switch
    {
        "bilinear" => new BilinearUpscaler(),
        "bicubic" => new BicubicUpscaler(),
        "lanczos" => new Lanczos3Upscaler(),
        _ => new EdgeAdaptiveUpscaler(),
    };

    private static int Rounded(double value) => (int)Math.Clamp(Math.Floor(value + 0.5 + 1e-9), 0, 255);

    private static List<(byte[] From, int W, int H, byte[] To, int TW, int TH)> Components(VideoFrame source, VideoFrame target)
    {
        var list = new List<(byte[], int, int, byte[], int, int)>
        {
            (Samples(source.Y), source.Width, source.Height, Samples(target.Y), target.Width, target.Height),
        };
        for (int c = 0; c < 2; c++)
        {
            byte[] from = source.Layout == FrameLayout.Nv12 ? Every(Samples(source.UV), c) : Samples(c == 0 ? source.U : source.V);
            byte[] to = target.Layout == FrameLayout.Nv12 ? Every(Samples(target.UV), c) : Samples(c == 0 ? target.U : target.V);
            list.Add((from, source.ChromaWidth, source.ChromaHeight, to, target.ChromaWidth, target.ChromaHeight));
        }

        return list;
    }

    private static byte[] Every(byte[] interleaved, int offset) => [.. interleaved.Where((_, i) => i % 2 == offset)];
}
