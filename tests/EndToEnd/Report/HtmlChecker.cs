using System.Text.RegularExpressions;

namespace RtcEnhance.EndToEnd.Tests.Report;

/// <summary>Checks that tags nest and close and that attributes are quoted; knows nothing else of HTML.</summary>
internal static partial class HtmlChecker
{
    private static readonly string[] Void = ["meta", "img", "br", "input", "link", "hr"];

    public static void AssertBalanced(string html)
    {
        var body = RawText().Replace(html, "<$1></$1>");
        var open = new Stack<string>();
        foreach (Match tag in Tag().Matches(body))
        {
            var name = tag.Groups["name"].Value;
            if (tag.Groups["close"].Length > 0)
                Assert.Equal(name, open.Count > 0 ? open.Pop() : "(nothing)");
            else if (name.Length > 0 && tag.Groups["self"].Length == 0 && !Void.Contains(name))
                open.Push(name);
        }

        Assert.Empty(open);
        Assert.DoesNotContain('<', Tag().Replace(body, string.Empty));
    }

    [GeneratedRegex("<(style|script)>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex RawText();

    [GeneratedRegex("""<(?:!DOCTYPE html|(?<close>/)?(?<name>[a-z][a-z0-9]*)(?:\s+[a-zA-Z][a-zA-Z0-9:-]*(?:="[^"<]*")?)*\s*(?<self>/)?)>""")]
    private static partial Regex Tag();
}
