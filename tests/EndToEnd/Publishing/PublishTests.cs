using System.Reflection;
using System.Text.RegularExpressions;
using RtcEnhance.Audio;
using RtcEnhance.Video;
using Xunit.Abstractions;

namespace RtcEnhance.EndToEnd.Tests.Publishing;

/// <summary>Reliability list, item 25: trimmed and native programs, without a warning.</summary>
public partial class PublishTests(ITestOutputHelper output, ConsoleLine console) : IClassFixture<ConsoleLine>
{
    [Fact]
    public void Item25_Trimmed_RunsWithoutWarnings()
    {
        using var program = new PublishedProgram("PublishTrimmed=true", "TrimMode=full");

        Assert.True(program.ExitCode == 0, program.Output);
        Assert.DoesNotMatch(Warning(), program.Output);
        Assert.Equal((0, "ok"), Trimmed(program.Run()));
        output.WriteLine($"trimmed: {program.Bytes >> 20} MB");
    }

    // Without the compiler's packages or a linker it stays at the analyzers, which the build of src/ runs with warnings
    // as errors; then the line says what is missing.
    [Fact]
    public void Item25_Native_RunsWithoutWarnings()
    {
        using var program = new PublishedProgram("PublishAot=true");
        if (program.ExitCode != 0 && Missing().Match(program.Output) is { Success: true } missing)
        {
            string line = $"not compiled to native code: missing {missing.Groups["what"].Value}; the AOT analyzers alone were run";
            output.WriteLine(line);
            console.Write(line);
            Assert.All((Assembly[])[typeof(RtpPacket).Assembly, typeof(AudioReceiver).Assembly, typeof(VideoEnhancer).Assembly], AssertAnalyzed);
            return;
        }

        Assert.True(program.ExitCode == 0, program.Output);
        Assert.DoesNotMatch(Warning(), program.Output);
        Assert.Equal((0, "ok"), Trimmed(program.Run()));
    }

    [GeneratedRegex(@"warning (IL|CA|CS|NETSDK|MSB)\d+")]
    private static partial Regex Warning();

    [GeneratedRegex(@"error NU110[0-9]: [^\n]*?(?<what>(Microsoft|runtime)[\w.\-]*(ILCompiler|NativeAOT|NETCore\.App)[\w.\-]*\w)|(?<what>Platform linker)")]
    private static partial Regex Missing();

    private static void AssertAnalyzed(Assembly library)
        => Assert.Contains(library.GetCustomAttributes<AssemblyMetadataAttribute>(), fact => fact is { Key: "IsAotCompatible", Value: "True" });

    private static (int, string) Trimmed((int ExitCode, string Output) run) => (run.ExitCode, run.Output.Trim());
}
