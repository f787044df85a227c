using System.Text.RegularExpressions;
using RtcEnhance.Tests;

namespace RtcEnhance.EndToEnd.Tests;

public partial class ReadmeTests
{
    [Fact]
    public void Readme_UsageSample_IsTheOneThatCompiles()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string source = File.ReadAllText(Path.Combine(Repository.Root, "tests", "EndToEnd", "ReadmeSample.cs"));
        string sample = Sample().Match(source).Groups["code"].Value;

        string dedented = string.Join('\n', sample.ReplaceLineEndings("\n").Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line)).Trim();

        Assert.NotEmpty(dedented);
        Assert.Contains(dedented, readme.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"// sample begins\s*\n(?<code>.*?)\n\s*// sample ends", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
