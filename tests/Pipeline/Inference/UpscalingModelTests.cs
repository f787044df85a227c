using System.Text;

namespace RtcEnhance.Tests.Inference;

public sealed class UpscalingModelTests
{
    [Fact]
    public void Load_WholeFile_SaysWhatItIs()
    {
        ModelInfo info = UpscalingModel.Load(new RandomUpscaler { Widths = [8, 16], Activation = "prelu" }.ToArray(), "file").Info;

        Assert.Equal("test-1", info.Id);
        Assert.Equal("super-resolution", info.Task);
        Assert.Equal(2, info.Scale);
        Assert.Equal("MIT", info.Licence);
        Assert.Equal("none", info.TrainingData);
        Assert.Equal(64, info.WeightsSha256.Length);
        Assert.Equal((8 * 9) + (16 * 8 * 9) + (4 * 16 * 9), info.MultipliesPerSample);
        Assert.Equal(info.MultipliesPerSample + (2 * 8) + (2 * 16) + 4, info.ParameterCount);
        Assert.True(info.IsQuantised);
    }

    [Fact]
    public void Load_CutAnywhere_Throws()
    {
        byte[] file = new RandomUpscaler { Widths = [4] }.ToArray();

        for (int length = 0; length < file.Length; length++)
            Assert.Throws<ModelFormatException>(() => UpscalingModel.Load(file.AsSpan(0, length), "cut"));
    }

    [Fact]
    public void Load_LargeFilePointer_SaysSo()
    {
        byte[] pointer = Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");

        Assert.Contains("Git LFS", Refusal(pointer), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TooManyBytes_Throws() => Assert.Contains("at most 4194304 bytes", Refusal(new byte[(4 << 20) + 1]), StringComparison.Ordinal);

    [Fact]
    public void Load_AnotherWeight_FailsTheHash()
    {
        OnnxFile file = Small();
        file.Properties["weights_sha256"] = new string('0', 64);

        Assert.Contains("weights_sha256", Refusal(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Load_WeightIsNotFinite_NamesTheTensor(float weight)
    {
        OnnxFile file = Small().Weights("bad", [1], weight);

        Assert.Contains("tensor 'bad'", Refusal(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new long[] { 1L << 62 }, "elements")]
    [InlineData(new long[] { 1 << 16, 1 << 16, 1 << 16, 1 << 16 }, "elements")]
    [InlineData(new long[] { -1 }, "elements")]
    [InlineData(new long[] { 2 }, "8 bytes")]
    [InlineData(new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, "at most 8")]
    public void Load_ShapeDoesNotFitTheBytes_NamesTheTensor(long[] shape, string rule)
    {
        OnnxFile file = Small().Tensor("bad", shape, 1, [0, 0, 0, 0]);

        string message = Refusal(file);

        Assert.Contains("tensor 'bad'", message, StringComparison.Ordinal);
        Assert.Contains(rule, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherElementType_Throws() => Assert.Contains("type 10", Refusal(Small().Tensor("half", [1], 10, [0, 0])), StringComparison.Ordinal);

    [Fact]
    public void Load_NameIsTaken_Throws() => Assert.Contains("tensor 'w1'", Refusal(Small().Floats("w1", [1], 0)), StringComparison.Ordinal);

    [Theory]
    [InlineData(12)]
    [InlineData(25)]
    [InlineData(-1)]
    public void Load_OtherOperatorSet_Throws(long version)
    {
        OnnxFile file = Small();
        file.OperatorSet = version;

        Assert.Contains("operator set", Refusal(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id", "")]
    [InlineData("licence", "")]
    [InlineData("scale", "0")]
    [InlineData("scale", "5")]
    [InlineData("scale", "two")]
    [InlineData("activation_scales", "0.1 0.1")]
    [InlineData("activation_scales", "-1")]
    [InlineData("activation_scales", "NaN")]
    [InlineData("activation_scales", "x")]
    [InlineData("activation_zero_points", "256")]
    [InlineData("activation_levels", "127")]
    public void Load_PropertyIsWrong_NamesIt(string key, string value)
    {
        OnnxFile file = Small();
        file.Properties[key] = value;

        Assert.Contains($"property '{key}'", Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_StepAboveTheClip_Throws()
    {
        OnnxFile file = new RandomUpscaler { Widths = [4], Activation = "clip" }.ToFile();
        file.Properties["activation_scales"] = "0.1";

        Assert.Contains("clipped", Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NothingButZeroWeights_IsTheClassicalPicture()
    {
        OnnxFile file = Chain();
        file.Properties["activation_levels"] = "255";
        file.Properties["activation_scales"] = "1";
        UpscalingModel model = UpscalingModel.Load(file.ToArray(), "zero");
        using var upscaler = new RtcEnhance.Inference.PlaneUpscaler(model, InferencePrecision.EightBit, 1);
        var target = new byte[16];
        upscaler.Begin(2, 2);

        upscaler.ProcessRows([90, 90, 90, 90], 2, target, 4, 0, 2);

        Assert.All(target, sample => Assert.Equal(90, sample));
    }

    [Fact]
    public void Load_RandomChanges_LoadOrAreRefused()
    {
        byte[] file = Small().ToArray();
        var random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = (byte[])file.Clone();
            for (int n = random.Next(1, 4); n > 0; n--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                UpscalingModel.Load(changed, "changed");
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10_000, 20_000);
    }

    [Fact]
    public void Load_CycleInTheGraph_IsRefusedByName()
    {
        OnnxFile file = new OnnxFile().Input("luma").Output("b")
            .Node("Identity", ["b"], "a")
            .Node("Identity", ["a"], "b");

        Assert.Contains("Identity 'a'", Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OperatorItDoesNotKnow_IsRefusedByName()
        => Assert.Contains("Softmax 'y'", Refusal(new OnnxFile().Input("luma").Output("y").Node("Softmax", ["luma"], "y")), StringComparison.Ordinal);

    [Theory]
    [InlineData("pads", new[] { 0, 0, 0, 0 })]
    [InlineData("pads", new[] { 1, 1 })]
    [InlineData("strides", new[] { 2, 2 })]
    [InlineData("dilations", new[] { 2, 2 })]
    [InlineData("group", 2)]
    [InlineData("auto_pad", "SAME_UPPER")]
    [InlineData("unheard_of", 1)]
    public void Load_ConvolutionAttributeIsUnsupported_NamesTheNode(string name, object value)
    {
        OnnxFile file = new OnnxFile().Input("luma").Output("y").Weights("w", [4, 1, 3, 3], new float[36]);
        file = name == "pads"
            ? file.Node("Conv", ["luma", "w"], "y", (name, value))
            : file.Node("Conv", ["luma", "w"], "y", ("pads", new[] { 1, 1, 1, 1 }), (name, value));

        string message = Refusal(file);

        Assert.Contains("Conv 'y'", message, StringComparison.Ordinal);
        Assert.Contains(name, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(17, 1, 3)]
    [InlineData(4, 2, 3)]
    [InlineData(4, 1, 2)]
    [InlineData(4, 1, 7)]
    public void Load_ConvolutionShapeIsUnsupported_NamesTheTensor(int outputs, int inputs, int kernel)
    {
        OnnxFile file = new OnnxFile().Input("luma").Output("y")
            .Weights("w", [outputs, inputs, kernel, kernel], new float[outputs * inputs * kernel * kernel])
            .Node("Conv", ["luma", "w"], "y");

        Assert.Contains("tensor 'w'", Refusal(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mode", "nearest")]
    [InlineData("mode", "cubic")]
    [InlineData("coordinate_transformation_mode", "align_corners")]
    [InlineData("antialias", 1)]
    [InlineData("exclude_outside", 1)]
    public void Load_ResizeOfAnotherKind_NamesTheNode(string name, object value)
    {
        OnnxFile file = new OnnxFile().Input("luma").Output("y").Floats("scales", [4], 1, 1, 2, 2)
            .Node("Resize", ["luma", "", "scales"], "y", name == "mode" ? [(name, value)] : [("mode", "linear"), (name, value)]);

        Assert.Contains("Resize 'y'", Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OutputIsNotTheSum_Throws()
    {
        OnnxFile file = new OnnxFile().Input("luma").Output("y").Node("Identity", ["luma"], "y");

        Assert.Contains("output 'y'", Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SkipsFromTwoLayers_Throws()
    {
        var file = new OnnxFile().Input("luma").Output("y").Weights("w", [1, 1, 1, 1], 1);
        string at = "luma";
        for (int i = 1; i <= 4; i++)
        {
            file.Node("Conv", [at, "w"], $"c{i}").Node("Relu", [$"c{i}"], $"a{i}");
            at = $"a{i}";
            if (i > 2)
                file.Node("Add", [at, $"a{i - 2}"], at = $"s{i}");
        }

        Assert.Contains("Add 's4'", Refusal(file), StringComparison.Ordinal);
    }

    private static OnnxFile Small() => new RandomUpscaler { Widths = [2] }.ToFile();

    private static OnnxFile Chain() => new OnnxFile().Input("luma").Output("y")
        .Weights("w1", [2, 1, 3, 3], new float[18]).Weights("w2", [4, 2, 3, 3], new float[72]).Floats("scales", [4], 1, 1, 2, 2)
        .Node("Conv", ["luma", "w1"], "c1", ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", ["c1"], "a1")
        .Node("Conv", ["a1", "w2"], "c2", ("pads", new[] { 1, 1, 1, 1 })).Node("DepthToSpace", ["c2"], "r", ("blocksize", 2))
        .Node("Resize", ["luma", "", "scales"], "b", ("mode", "linear")).Node("Add", ["b", "r"], "y");

    private static string Refusal(OnnxFile file) => Refusal(file.ToArray());

    private static string Refusal(byte[] file) => Assert.Throws<ModelFormatException>(() => UpscalingModel.Load(file, "model")).Message;
}
