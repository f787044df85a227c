using System.Runtime.CompilerServices;
using System.Text;

namespace RtcEnhance.Loopback.Report.Html;

/// <summary>Collects a page from interpolated strings whose holes are escaped. One thread at a time.</summary>
internal sealed class HtmlBuilder
{
    internal StringBuilder Buffer { get; } = new();

    /// <summary>Appends one line.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Performance", "CA1822", Justification = "The interpolation has already written to this builder.")]
    public void Add([InterpolatedStringHandlerArgument("")] ref HtmlInterpolation html) => html.AppendLiteral("\n");

    /// <summary>Appends markup as it is.</summary>
    public void Add(Markup markup) => Buffer.Append(markup.Text).Append('\n');

    public override string ToString() => Buffer.ToString();
}
