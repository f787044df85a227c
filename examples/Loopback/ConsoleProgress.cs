namespace RtcEnhance.Loopback;

/// <summary>A progress bar on a terminal, a line per step elsewhere.</summary>
public sealed class ConsoleProgress : ICallProgress
{
    private const int Width = 40;

    private string _step = "";

    /// <inheritdoc/>
    public void Begin(string step)
    {
        if (_step.Length > 0 && !Console.IsOutputRedirected)
            Report(1);
        _step = step;
        if (Console.IsOutputRedirected)
            Console.WriteLine(step);
        else
            Report(0);
    }

    /// <inheritdoc/>
    public void Report(double value)
    {
        if (Console.IsOutputRedirected)
            return;
        int filled = (int)(value * Width);
        Console.Write($"\r{_step,-10} [{new string('#', filled)}{new string('.', Width - filled)}] {value,4:P0}  ");
    }

    /// <inheritdoc/>
    public void End()
    {
        if (!Console.IsOutputRedirected)
            Console.Write($"\r{new string(' ', Width + 24)}\r");
    }
}
