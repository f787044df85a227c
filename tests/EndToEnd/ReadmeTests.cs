using System.Text.RegularExpressions;

namespace RtcEnhance.EndToEnd.Tests;

public partial class ReadmeTests
{
    [Fact]
    public void Readme_UsageSamples_AreThoseThatCompile()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string source = File.ReadAllText(Path.Combine(Repository.Root, "tests", "EndToEnd", "ReadmeSample.cs"));
        string[] samples = [.. Sample().Matches(source).Select(match => match.Groups["code"].Value)];

        Assert.Equal(3, samples.Length);
        foreach (string sample in samples)
        {
            string dedented = string.Join('\n', sample.ReplaceLineEndings("\n").Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line)).Trim();
            Assert.Contains(dedented, readme.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"// sample begins\s*\n(?<code>.*?)\n\s*// sample ends", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
