using System.Text.RegularExpressions;

namespace RtcEnhance.SipSorcery.Tests;

public partial class ReadmeTests
{
    [Fact]
    public void Readme_UsageSample_IsTheOneThatCompiles()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "interop", "SipSorcery", "README.md")).ReplaceLineEndings("\n");
        string source = File.ReadAllText(Path.Combine(Repository.Root, "tests", "SipSorcery", "ReadmeSample.cs")).ReplaceLineEndings("\n");

        string sample = Assert.Single(Sample().Matches(source)).Groups["code"].Value;
        string dedented = string.Join('\n', sample.Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line)).Trim();
        Assert.Contains(dedented, readme, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"// sample begins\s*\n(?<code>.*?)\n\s*// sample ends", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
