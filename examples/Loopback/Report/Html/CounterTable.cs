namespace RtcEnhance.Loopback.Report.Html;

/// <summary>A table of name, value and meaning. One thread at a time.</summary>
internal sealed class CounterTable
{
    private readonly HtmlBuilder _page;

    public CounterTable(HtmlBuilder page, string title)
    {
        _page = page;
        page.Add($"""
            <h3>{title}</h3>
            <table class="counters">
            <thead><tr><th scope="col">Counter</th><th scope="col" class="number">Value</th><th scope="col">Meaning</th></tr></thead>
            <tbody>
            """);
    }

    public void Row(string name, string value, string meaning)
        => _page.Add($"""<tr><th scope="row"><code>{name}</code></th><td class="number">{value}</td><td>{meaning}</td></tr>""");

    public void End() => _page.Add($"</tbody></table>");
}
