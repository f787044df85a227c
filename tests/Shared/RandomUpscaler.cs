namespace RtcEnhance.Tests;

/// <summary>A luma upscaler with random weights, as a model file: what it makes is meaningless, how it is made is not.</summary>
internal sealed record RandomUpscaler
{
    public int[] Widths { get; init; } = [16, 16, 16, 16, 16];

    public int FirstKernel { get; init; } = 3;

    public int InnerKernel { get; init; } = 3;

    public int Scale { get; init; } = 2;

    public string Base { get; init; } = "cubic";

    /// <summary>"relu", "prelu" or "clip".</summary>
    public string Activation { get; init; } = "relu";

    /// <summary>The layers, from 1, whose activations are added, and to which.</summary>
    public (int From, int To)? Skip { get; init; }

    public bool IsQuantised { get; init; } = true;

    public int Seed { get; init; } = 1;

    public OnnxFile ToFile()
    {
        var random = new Random(Seed);
        var file = new OnnxFile();
        file.Properties["scale"] = $"{Scale}";
        file.Input("luma").Output("upscaled");
        int zero = Activation == "prelu" ? 40 : 0;
        const float largest = 2.5f;
        float step = largest / (255 - zero);
        if (IsQuantised)
        {
            file.Properties["activation_levels"] = "255";
            file.Properties["activation_scales"] = string.Join(' ', Widths.Select((_, i) => FormattableString.Invariant($"{(Activation == "clip" ? step : step * (1 + (0.1f * i))):R}")));
            file.Properties["activation_zero_points"] = string.Join(' ', Widths.Select(_ => zero));
        }

        string at = "luma";
        int inputs = 1;
        for (int i = 1; i <= Widths.Length + 1; i++)
        {
            bool isLast = i > Widths.Length;
            int outputs = isLast ? Scale * Scale : Widths[i - 1];
            int kernel = i == 1 ? FirstKernel : isLast ? 3 : InnerKernel;
            double spread = Math.Sqrt(2.0 / (inputs * kernel * kernel)) * (isLast ? 0.1 : 1);
            file.Weights($"w{i}", [outputs, inputs, kernel, kernel], Normal(random, outputs * inputs * kernel * kernel, spread));
            file.Weights($"b{i}", [outputs], Normal(random, outputs, 0.05));
            file.Node("Conv", [at, $"w{i}", $"b{i}"], $"conv{i}", ("kernel_shape", new[] { kernel, kernel }), ("pads", new[] { kernel / 2, kernel / 2, kernel / 2, kernel / 2 }));
            at = $"conv{i}";
            if (isLast)
                break;
            switch (Activation)
            {
                case "prelu":
                    file.Weights($"s{i}", [outputs, 1, 1], [.. Enumerable.Range(0, outputs).Select(_ => random.NextSingle() * 0.4f)]);
                    file.Node("PRelu", [at, $"s{i}"], $"act{i}");
                    break;
                case "clip":
                    file.Floats($"low{i}", [], 0).Floats($"high{i}", [], largest).Node("Clip", [at, $"low{i}", $"high{i}"], $"act{i}");
                    break;
                default:
                    file.Node("Relu", [at], $"act{i}");
                    break;
            }

            at = $"act{i}";
            if (Skip is { } skip && skip.To == i)
            {
                file.Node("Add", [at, $"act{skip.From}"], $"sum{i}");
                at = $"sum{i}";
            }

            inputs = outputs;
        }

        if (Scale == 1)
            return file.Node("Add", [at, "luma"], "upscaled");
        file.Node("DepthToSpace", [at], "residual", ("blocksize", Scale), ("mode", "CRD"));
        file.Floats("scales", [4], 1, 1, Scale, Scale);
        file.Node("Resize", ["luma", "", "scales"], "classical", ("mode", Base), ("cubic_coeff_a", -0.5f), ("coordinate_transformation_mode", "half_pixel"));
        return file.Node("Add", ["residual", "classical"], "upscaled");
    }

    public byte[] ToArray() => ToFile().ToArray();

    private static float[] Normal(Random random, int count, double spread)
        => [.. Enumerable.Range(0, count).Select(_ => (float)(spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
}
