using System.Globalization;

namespace RtcEnhance.Baresip;

/// <summary>The softphone as its users run it, with its keys from a pipe. Thread-safe.</summary>
internal sealed class PhoneProcess : IDisposable
{
    public PhoneProcess(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "softphone.dll");
        Process = new ChildProcess("dotnet", [program, .. arguments, "--script", "-"]);
        try
        {
            string line = Process.WaitFor("listening on ");
            Address = line[(line.LastIndexOf(' ') + 1)..];
        }
        catch
        {
            Process.Dispose();
            throw;
        }
    }

    public ChildProcess Process { get; }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    public void Do(params string[] commands)
    {
        foreach (string command in commands)
            Process.WriteLine(command);
    }

    public static bool IsStatus(string line) => line.Contains("  received ", StringComparison.Ordinal);

    /// <summary>A number of its last status line, by the word before it.</summary>
    public double Figure(string name)
    {
        string[] words = Process.Lines.Last(IsStatus).Split([' ', '('], StringSplitOptions.RemoveEmptyEntries);
        return double.Parse(words[Array.IndexOf(words, name) + 1], CultureInfo.InvariantCulture);
    }

    public void Dispose() => Process.Dispose();
}
