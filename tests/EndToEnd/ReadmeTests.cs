using System.Text.RegularExpressions;

namespace RtcEnhance.EndToEnd.Tests;

public partial class ReadmeTests
{
    [Fact]
    public void Readme_UsageSample_IsTheOneThatCompiles()
    {
        string root = FindRoot();
        string readme = File.ReadAllText(Path.Combine(root, "README.md"));
        string source = File.ReadAllText(Path.Combine(root, "tests", "EndToEnd", "ReadmeSample.cs"));
        string sample = Sample().Match(source).Groups["code"].Value;

        string dedented = string.Join('\n', sample.ReplaceLineEndings("\n").Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line)).Trim();

        Assert.NotEmpty(dedented);
        Assert.Contains(dedented, readme.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"// sample begins\s*\n(?<code>.*?)\n\s*// sample ends", RegexOptions.Singleline)]
    private static partial Regex Sample();

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "RtcEnhance.sln")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
