namespace RtcEnhance.Loopback.Report.Html;

/// <summary>The page: what happened, hear it, see it, how it was played, what it cost, all figures, how it was made. Thread-safe.</summary>
internal static class ReportPage
{
    public static string Render(DemoReport report)
    {
        var page = new HtmlBuilder();
        page.Add($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>RtcEnhance demo: {Headline.Title(report)}</title>
            <style>
            {Resource("page.css")}
            </style>
            </head>
            <body>
            <main>
            """);
        Headline.Render(page, report);
        if (report.Media is not null)
        {
            ListenSection.Render(page, report.Media);
            LookSection.Render(page, report);
        }

        PlayoutSection.Render(page, report);
        CostSection.Render(page, report);
        FigureTables.Render(page, report);
        RunSection.Render(page, report.Run);
        page.Add($"""
            </main>
            <script>
            {Resource("page.js")}
            </script>
            </body>
            </html>
            """);
        return page.ToString();
    }

    private static Markup Resource(string name)
    {
        var assembly = typeof(ReportPage).Assembly;
        using var stream = assembly.GetManifestResourceStream($"RtcEnhance.Loopback.Report.{name}")
            ?? throw new InvalidOperationException($"The assembly lacks its resource {name}.");
        using var reader = new StreamReader(stream);
        return new Markup(reader.ReadToEnd());
    }
}
