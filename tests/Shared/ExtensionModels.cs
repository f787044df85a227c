namespace RtcEnhance.Tests;

/// <summary>Bandwidth-extension networks of any weights, as models/training/bwe/export.py writes them.</summary>
internal static class ExtensionModels
{
    public const string Bands = "3400,4000,4500,5000,5500,6000,6500,7000,7500,8000,8750,9500,10250,11000,12000,13000,14000,15000,16500,18000,20000";
    public const string Cutoffs = "3400,4000,6000,7000,8000";

    public const int Outputs = 80;

    private const int Inputs = 61;
    private const int Encoded = 16;
    private const int Size = 16;
    private const int Last = 16;

    /// <summary>A network that answers every block with the same log10 of power gains: half by half, copies, then noise, 20 bands each.</summary>
    public static byte[] Constant(Func<int, float> gain) => Write(_ => 0, [.. Enumerable.Range(0, Outputs).Select(gain)]).ToArray();

    /// <summary>A network with random weights of about a size.</summary>
    public static byte[] Random(int seed, float scale = 0.5f)
    {
        var random = new Random(seed);
        return Write(_ => scale * ((2 * random.NextSingle()) - 1), [.. Enumerable.Range(0, Outputs).Select(_ => (2 * random.NextSingle()) - 2)]).ToArray();
    }

    /// <summary>The file before it is finished, to be spoiled.</summary>
    public static OnnxFile Write(Func<int, float> weight, float[] gains)
    {
        var file = new OnnxFile();
        file.Properties["task"] = "bandwidth-extension";
        file.Properties["bands"] = Bands;
        file.Properties["cutoffs"] = Cutoffs;
        file.Input("input");
        Cut("heard");
        Dense("heard", "encode", Encoded, Inputs, "encoded").Node("Tanh", ["encoded"], "encoded.tanh");
        Gated("encoded.tanh", "first", Encoded);
        Gated("first.new", "second", Size);
        file.Node("Concat", ["first.new", "second.new"], "hidden", ("axis", 1));
        Dense("hidden", "last", Last, 2 * Size, "last").Node("Tanh", ["last"], "last.tanh");
        Weights("out.weight", Outputs, Last).Weights("out.bias", [Outputs], gains);
        file.Node("Gemm", ["last.tanh", "out.weight", "out.bias"], "gains", ("transB", 1));
        return file.Node("Concat", ["gains", "first.new", "second.new"], "output", ("axis", 1)).Output("output");

        OnnxFile Cut(string name) => file.Node("Slice", ["input"], name);

        OnnxFile Weights(string name, params int[] shape)
            => file.Weights(name, shape, [.. Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(weight)]);

        OnnxFile Dense(string source, string name, int outputs, int inputs, string output)
        {
            Weights($"{name}.weight", outputs, inputs);
            Weights($"{name}.bias", outputs);
            return file.Node("Gemm", [source, $"{name}.weight", $"{name}.bias"], output, ("transB", 1));
        }

        void Gated(string source, string name, int inputs)
        {
            Cut(name + ".old");
            file.Node("Reshape", [source], name + ".sequence");
            Weights($"{name}.W", 1, 3 * Size, inputs);
            Weights($"{name}.R", 1, 3 * Size, Size);
            Weights($"{name}.B", 1, 6 * Size);
            file.Node("Reshape", [name + ".old"], name + ".state");
            file.Node("GRU", [name + ".sequence", $"{name}.W", $"{name}.R", $"{name}.B", "", name + ".state"], name, ("hidden_size", Size), ("linear_before_reset", 1));
            file.Node("Reshape", [name], name + ".new");
        }
    }
}
