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

    /// <summary>The codec that a stream is received or sent with.</summary>
    public static string Codec(JsonNode? stats, JsonObject stream)
    {
        foreach (JsonNode? entry in stats?.AsArray() ?? [])
        {
            if ((string?)entry?["type"] == "codec" && (string?)entry["id"] == (string?)stream["codecId"])
                return (string?)entry["mimeType"] ?? "";
        }

        return "";
    }
}
