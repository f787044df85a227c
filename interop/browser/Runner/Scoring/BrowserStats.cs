using System.Text.Json.Nodes;

namespace RtcEnhance.Browser.Scoring;

/// <summary>Reads what a page's getStats returned.</summary>
internal static class BrowserStats
{
    /// <summary>A field, 0 where the browser does not know it.</summary>
    public static double Number(JsonObject entry, string name) => entry[name] is JsonValue value && value.TryGetValue(out double number) ? number : 0;

    /// <summary>The stream that is received, empty where there is none yet.</summary>
    public static JsonObject Inbound(JsonNode? stats, string kind)
    {
        foreach (JsonNode? entry in stats?.AsArray() ?? [])
        {
            if ((string?)entry?["type"] == "inbound-rtp" && (string?)entry["kind"] == kind)
                return entry.AsObject();
        }

        return [];
    }

    /// <summary>The codecs that are sent, as MIME types.</summary>
    public static string SentCodecs(JsonNode? stats)
    {
        JsonObject[] entries = [.. (stats?.AsArray() ?? []).OfType<JsonObject>()];
        IEnumerable<string?> codecs = entries
            .Where(entry => (string?)entry["type"] == "outbound-rtp")
            .Select(stream => (string?)entries.FirstOrDefault(entry => (string?)entry["type"] == "codec" && (string?)entry["id"] == (string?)stream["codecId"])?["mimeType"]);
        return string.Join(' ', codecs.Where(codec => codec is not null));
    }
}
