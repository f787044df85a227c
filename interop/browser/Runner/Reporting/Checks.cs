namespace RtcEnhance.Browser.Reporting;

/// <summary>What must hold, said line by line and counted. One thread at a time.</summary>
internal sealed class Checks
{
    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public void Add(string what, bool holds, string found)
    {
        if (holds)
            Passed++;
        else
            Failed++;
        Console.WriteLine($"  {(holds ? "ok  " : "FAIL")} {what}: {found}");
    }

    /// <summary>At least so much.</summary>
    public void AtLeast(string what, double value, double least, string unit = "")
        => Add(what, value >= least, $"{value:0.###}{unit} (at least {least:0.###})");
}
