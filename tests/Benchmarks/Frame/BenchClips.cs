using RtcEnhance.Audio;

namespace RtcEnhance.Benchmarks;

/// <summary>The recordings a benchmark runs on: those of --data, or else the demo's own, decoded into a scratch folder.</summary>
internal sealed class BenchClips : IDisposable
{
    private readonly DirectoryInfo? _scratch;

    private BenchClips(string directory, DirectoryInfo? scratch)
    {
        Directory = directory;
        _scratch = scratch;
    }

    /// <summary>Where they lie.</summary>
    public string Directory { get; }

    /// <summary>Speech at 16 kHz ("wb") or 48 kHz ("fb").</summary>
    public static BenchClips Speech(BenchArguments arguments, string band, BenchReport report)
    {
        if (arguments.DataDirectory is { } data)
        {
            string directory = Path.Combine(data, "speech", "test", band);
            return System.IO.Directory.Exists(directory)
                ? new BenchClips(directory, null)
                : throw new DirectoryNotFoundException($"--data {data} has no speech/test/{band}.");
        }

        report.Notes.Add("no --data: measured on the demo's one recording.");
        int rateHz = band == "wb" ? 16000 : 48000;
        DirectoryInfo scratch = System.IO.Directory.CreateTempSubdirectory("rtc-bench");
        float[] speech = ClipFile.Read(Path.Combine(AppContext.BaseDirectory, "media", "speech-nl.opus"), rateHz);
        WavFile.Write(Path.Combine(scratch.FullName, "speech-nl.wav"), speech, rateHz);
        return new BenchClips(scratch.FullName, scratch);
    }

    public void Dispose() => _scratch?.Delete(recursive: true);
}
