using System.Globalization;

namespace RtcEnhance.Softphone;

/// <summary>A key, or a wait for something, from the keyboard or a script.</summary>
internal readonly record struct PhoneCommand(char Key, string? Until = null, long Count = 0)
{
    public const string Usage = """
        Keys: a answer, h hold and resume, i re-INVITE, e RtcEnhance on and off, s statistics, b hang up, c call again,
        0-9 * # dial tones, q quit. A script has one key in a line, or
          wait registered | ringing | call | held | resumed | ended      until it is so
          wait packets N                                                until N more packets came
          wait seconds N
        """;

    private const string Keys = "ahiesbcq0123456789*#";

    public static bool IsKey(char key) => Keys.Contains(key, StringComparison.Ordinal);

    public static PhoneCommand Parse(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        switch (words)
        {
            case [{ Length: 1 } key] when IsKey(key[0]):
                return new PhoneCommand(key[0]);
            case ["wait", "registered" or "ringing" or "call" or "held" or "resumed" or "ended"]:
                return new PhoneCommand('\0', words[1]);
            case ["wait", "packets" or "seconds", var text] when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count):
                return new PhoneCommand('\0', words[1], count);
            default:
                throw new UsageException($"'{line}' is neither a key nor a wait.\n{Usage}");
        }
    }
}
