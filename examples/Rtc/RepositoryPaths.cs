namespace RtcEnhance.Rtc;

/// <summary>Where things lie in a checkout, found upwards from the program.</summary>
internal static class RepositoryPaths
{
    private static readonly string Root = Find();

    public static string BenchResults => Path.Combine(Root, "tests", "Benchmarks", "results");

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "RtcEnhance.sln")))
                return at.FullName;
        }

        return Environment.CurrentDirectory;
    }
}
