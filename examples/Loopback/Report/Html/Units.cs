using System.Globalization;

namespace RtcEnhance.Loopback.Report.Html;

/// <summary>Numbers with their units as people read them; "n/a" for what is not a number. Thread-safe.</summary>
internal static class Units
{
    /// <summary>Between a number and its unit, so that lines do not break there.</summary>
    private const string Gap = "\u00A0";

    public static string Count(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Percent(double value) => With(value, "0.0", Gap + "%");

    public static string Decibels(double value) => With(value, "0.00", Gap + "dB");

    public static string Score(double value) => With(value, "0.000", string.Empty);

    public static string Seconds(double value) => With(value, "0.00", Gap + "s");

    /// <summary>Three significant digits.</summary>
    public static string Milliseconds(double value)
        => With(value, value switch { >= 100 => "#,0", >= 10 => "0.0", >= 1 => "0.00", _ => "0.000" }, Gap + "ms");

    /// <summary>A budget, a tick or a setting: as short as it is exact.</summary>
    public static string ShortMilliseconds(double value) => With(value, "0.###", Gap + "ms");

    /// <summary>A plain English count: "no gaps", "1 gap", "12 gaps".</summary>
    public static string Plural(long count, string one, string many)
        => count switch { 0 => "no" + Gap + many, 1 => "1" + Gap + one, _ => Count(count) + Gap + many };

    private static string With(double value, string format, string unit)
        => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) + unit : "n/a";
}
