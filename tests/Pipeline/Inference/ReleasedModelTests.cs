using RtcEnhance.Inference;

namespace RtcEnhance.Tests.Inference;

/// <summary>Every released model against the vectors that its training wrote beside it: fp32 by PyTorch, 8 bits by plain sums.</summary>
[Trait("Category", "Simd")]
public sealed class ReleasedModelTests
{
    private const int Width = 61;
    private const int Height = 47;

    public static TheoryData<string> Models()
    {
        var models = new TheoryData<string>();
        string root = Path.Combine(Repository.Root, "models");
        foreach (string path in Directory.EnumerateFiles(root, $"luma-{Width}x{Height}.u8", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            models.Add(Path.GetRelativePath(root, Path.GetDirectoryName(Path.GetDirectoryName(path))!));
        Assert.NotEmpty(models);
        return models;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void EightBits_GoldenPicture_IsTheTrainersResult(string name)
    {
        (UpscalingModel model, byte[] luma, string file) = Load(name, "u8");
        byte[] expected = File.ReadAllBytes(file);

        byte[] upscaled = Upscale(model, InferencePrecision.EightBit, luma);

        // The trainer scales sums in doubles and the engine in floats: an activation half way between two may become the
        // other one, which all that depends on it may show. A bicubic picture of three times the size is rounded besides.
        Assert.All(upscaled.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
        Assert.InRange(upscaled.Zip(expected).Count(pair => pair.First != pair.Second), 0, expected.Length / (model.Info.Scale == 3 ? 400 : 1000));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void EightBits_GoldenPicture_IsThePlainSums(string name)
    {
        (UpscalingModel model, byte[] luma, _) = Load(name, "u8");

        byte[] upscaled = Upscale(model, InferencePrecision.EightBit, luma);

        // At three times the size the bicubic picture is rounded: to floats here, to doubles there.
        byte[] expected = ReferenceUpscaler.RunBytes(model.Network, luma, Width, Height);
        Assert.All(upscaled.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
        Assert.InRange(upscaled.Zip(expected).Count(pair => pair.First != pair.Second), 0, model.Info.Scale == 3 ? expected.Length / 1000 : 0);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void FloatingPoint_GoldenPicture_IsTheTrainersResultRounded(string name)
    {
        (UpscalingModel model, byte[] luma, string file) = Load(name, "f32");
        byte[] bytes = File.ReadAllBytes(file);
        byte[] upscaled = Upscale(model, InferencePrecision.FloatingPoint, luma);

        Assert.Equal(bytes.Length / sizeof(float), upscaled.Length);
        for (int i = 0; i < upscaled.Length; i++)
        {
            float expected = Math.Clamp(255 * BitConverter.ToSingle(bytes, i * sizeof(float)), 0, 255);
            Assert.InRange(upscaled[i], expected - 0.502f, expected + 0.502f);
        }
    }

    private static (UpscalingModel Model, byte[] Luma, string Expected) Load(string name, string ending)
    {
        string folder = Path.Combine(Repository.Root, "models", name);
        UpscalingModel model = UpscalingModel.Load(File.ReadAllBytes(Path.Combine(folder, "model.onnx")), name);
        int scale = model.Info.Scale;
        string vectors = Path.Combine(folder, "vectors");
        return (model, File.ReadAllBytes(Path.Combine(vectors, $"luma-{Width}x{Height}.u8")), Path.Combine(vectors, $"upscaled-{Width * scale}x{Height * scale}.{ending}"));
    }

    private static byte[] Upscale(UpscalingModel model, InferencePrecision precision, byte[] luma)
    {
        int scale = model.Info.Scale;
        var target = new byte[luma.Length * scale * scale];
        using var upscaler = new PlaneUpscaler(model, precision, 1);
        upscaler.Begin(Width, Height);
        upscaler.ProcessRows(luma, Width, target, Width * scale, 0, Height);
        return target;
    }
}
