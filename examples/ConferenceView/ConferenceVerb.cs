namespace RtcEnhance.ConferenceView;

/// <summary>`rtc demo --streams N`: a conference, its tables before and after the active speaker changes.</summary>
public static class ConferenceVerb
{
    /// <summary>Runs the verb.</summary>
    /// <param name="args">Arguments after the verb.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args.Contains("--help") || args.Contains("-h"))
        {
            Console.WriteLine(ConferenceOptions.Usage);
            return 0;
        }

        ConferenceOptions options;
        try
        {
            options = ConferenceOptions.Parse(args);
        }
        catch (ArgumentException e)
        {
            Console.Error.WriteLine($"rtc demo: {e.Message}");
            return 2;
        }

        using var call = new ConferenceCall(options);
        TimeSpan half = TimeSpan.FromSeconds(options.Seconds / 2);
        ConferenceTable.Print(call.Run(half), "First half: stream 1 speaks", Console.Out);
        call.Speaker = options.Streams > 1 ? 1 : 0;
        ConferenceTable.Print(call.Run(half), $"Second half: stream {call.Speaker + 1} speaks", Console.Out);
        return 0;
    }
}
