using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RtcEnhance.EndToEnd.Tests.Publishing;

/// <summary>
/// Publishes tests/TrimSmoke into a directory of its own, builds of its references included, so that it neither meets
/// nor changes a build that is going on. The analyzers stay out, as the build of the solution has run them; the linker's
/// and the native compiler's warnings are errors. One thread at a time.
/// </summary>
internal sealed class PublishedProgram : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly string _directory = Directory.CreateTempSubdirectory("trim-smoke-").FullName;

    /// <summary>Publishes it.</summary>
    /// <param name="properties">MSBuild properties, <c>Name=Value</c>.</param>
    public PublishedProgram(params IEnumerable<string> properties)
    {
        string project = Path.Combine(Repository.Root, "tests", "TrimSmoke", "RtcEnhance.TrimSmoke.csproj");
        string[] arguments =
        [
            "publish", project, "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained",
            "-o", Path.Combine(_directory, "out"), "--artifacts-path", Path.Combine(_directory, "artifacts"),
            "--nologo", "-v", "minimal", "-m:1", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-p:TreatWarningsAsErrors=true",
            "-p:SuppressTrimAnalysisWarnings=false", "-p:RunAnalyzers=false", .. properties.Select(property => $"-p:{property}"),
        ];
        (ExitCode, Output) = Execute("dotnet", arguments);
    }

    /// <summary>Zero where it was published.</summary>
    public int ExitCode { get; }

    /// <summary>What the build said.</summary>
    public string Output { get; }

    /// <summary>Bytes of everything that was published.</summary>
    public long Bytes => new DirectoryInfo(Path.Combine(_directory, "out")).EnumerateFiles().Sum(file => file.Length);

    /// <summary>Runs what was published.</summary>
    /// <returns>Its exit code and what it wrote.</returns>
    public (int ExitCode, string Output) Run()
        => Execute(Path.Combine(_directory, "out", OperatingSystem.IsWindows() ? "trim-smoke.exe" : "trim-smoke"), []);

    /// <summary>Deletes it.</summary>
    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static (int ExitCode, string Output) Execute(string file, string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // What `dotnet test` leaves in the environment is meant for its own build.
        foreach (string name in (string[])["MSBuildSDKsPath", "MSBUILD_EXE_PATH", "MSBuildExtensionsPath", "MSBUILDUSESERVER", "DOTNET_HOST_PATH"])
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"{file} was still busy after {Patience.TotalMinutes} minutes.");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult());
    }
}
