using RtcEnhance.Benchmarks;

namespace RtcEnhance.EndToEnd.Tests;

public sealed class BenchArgumentsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rtc-arguments-").FullName;

    [Fact]
    public void Parse_Models_AreFilesOrFoldersOfReleasedOnes()
    {
        string file = Path.Combine(_directory, "model.onnx");
        File.WriteAllText(file, "");

        BenchArguments arguments = BenchArguments.Parse(["coded", "--model", $"a={file}", "--model", $"b={_directory}", "--peer", "p=run it", "--vmaf", "vmaf -x", "--out", file]);

        Assert.Equal([new BenchModel("a", file), new BenchModel("b", file)], arguments.Models);
        Assert.Equal([new BenchPeer("p", "run it")], arguments.Peers);
        Assert.Equal(("vmaf -x", file), (arguments.VmafCommand, arguments.OutputPath));
    }

    [Theory]
    [InlineData("--model", "a=missing.onnx", "missing.onnx")]
    [InlineData("--model", "missing.onnx", "NAME=PATH")]
    [InlineData("--peer", "=run", "NAME=COMMAND")]
    [InlineData("--every", "0", "from 1")]
    [InlineData("--scale", "3", "1, 1.5 or 2")]
    [InlineData("--color", "red", "--color")]
    public void Parse_WrongOption_IsNamed(string option, string value, string expected)
        => Assert.Contains(expected, Assert.Throws<ArgumentException>(() => BenchArguments.Parse(["coded", option, value])).Message, StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
