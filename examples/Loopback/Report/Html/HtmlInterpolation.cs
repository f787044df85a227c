using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace RtcEnhance.Loopback.Report.Html;

/// <summary>
/// Interpolated strings as HTML: what the source says stays, what a hole brings is escaped unless it is
/// <see cref="Markup"/>. So no text of a run can become a tag. One thread at a time.
/// </summary>
[InterpolatedStringHandler]
internal ref struct HtmlInterpolation
{
    private readonly StringBuilder _text;

    public HtmlInterpolation(int literalLength, int formattedCount)
        => _text = new StringBuilder(literalLength + (formattedCount * 16));

    public HtmlInterpolation(int literalLength, int formattedCount, HtmlBuilder builder) => _text = builder.Buffer;

    public readonly void AppendLiteral(string value) => _text.Append(value);

    public readonly void AppendFormatted(Markup value) => _text.Append(value.Text);

    public readonly void AppendFormatted(string? value) => _text.Append(WebUtility.HtmlEncode(value));

    public readonly void AppendFormatted(int value) => _text.Append(value);

    /// <summary>Coordinates of drawings: a hundredth is finer than a screen shows.</summary>
    public readonly void AppendFormatted(double value)
        => _text.Append(value.ToString("0.##", CultureInfo.InvariantCulture));

    public readonly string ToText() => _text.ToString();
}
