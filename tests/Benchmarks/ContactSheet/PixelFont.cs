using System.Globalization;

namespace RtcEnhance.Benchmarks.ContactSheet;

/// <summary>Capital letters, digits and a few signs, five pixels wide and seven high, so that a label needs no font file. Thread-safe.</summary>
public static class PixelFont
{
    /// <summary>Pixels from one letter to the next.</summary>
    public const int Advance = 6;

    /// <summary>Height of a letter.</summary>
    public const int Height = 7;

    private const int Width = 5;

    // Seven rows of five bits, two hexadecimal digits each; the highest bit is the left pixel.
    private static readonly Dictionary<char, string> Glyphs = new()
    {
        ['A'] = "0E11111F111111", ['B'] = "1E11111E11111E", ['C'] = "0E11101010110E", ['D'] = "1E11111111111E", ['E'] = "1F10101E10101F",
        ['F'] = "1F10101E101010", ['G'] = "0E11101711110F", ['H'] = "1111111F111111", ['I'] = "0E04040404040E", ['J'] = "0702020202120C",
        ['K'] = "11121418141211", ['L'] = "1010101010101F", ['M'] = "111B1515111111", ['N'] = "11111915131111", ['O'] = "0E11111111110E",
        ['P'] = "1E11111E101010", ['Q'] = "0E11111115120D", ['R'] = "1E11111E141211", ['S'] = "0F10100E01011E", ['T'] = "1F040404040404",
        ['U'] = "1111111111110E", ['V'] = "11111111110A04", ['W'] = "11111115151B11", ['X'] = "11110A040A1111", ['Y'] = "11110A04040404",
        ['Z'] = "1F01020408101F", ['0'] = "0E11131519110E", ['1'] = "040C040404040E", ['2'] = "0E11010204081F", ['3'] = "1F02040201110E",
        ['4'] = "02060A121F0202", ['5'] = "1F101E0101110E", ['6'] = "0608101E11110E", ['7'] = "1F010204080808", ['8'] = "0E11110E11110E",
        ['9'] = "0E11110F01020C", ['-'] = "0000000E000000", ['.'] = "00000000000C0C", [','] = "000000000C0408", ['/'] = "00010204081000",
        [':'] = "000C0C000C0C00", ['('] = "02040808080402", [')'] = "08040202020408", ['+'] = "0004041F040400", [' '] = "00000000000000",
    };

    /// <summary>Whether a text has ink at a place.</summary>
    /// <param name="text">The text; small letters are drawn as capitals, unknown ones as blanks.</param>
    /// <param name="x">Pixels from the left, from 0.</param>
    /// <param name="y">Pixels from the top, 0 to <see cref="Height"/> - 1.</param>
    /// <returns>True where there is ink.</returns>
    public static bool HasInk(string text, int x, int y)
    {
        ArgumentNullException.ThrowIfNull(text);
        int letter = x / Advance;
        int column = x % Advance;
        if (letter >= text.Length || column >= Width || !Glyphs.TryGetValue(char.ToUpperInvariant(text[letter]), out string? glyph))
            return false;
        int row = int.Parse(glyph.AsSpan(2 * y, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (row >> (Width - 1 - column) & 1) != 0;
    }
}
