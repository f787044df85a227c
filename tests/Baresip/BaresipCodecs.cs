namespace RtcEnhance.Baresip;

/// <summary>The codecs that both sides have, and baresip's names of them.</summary>
internal static class BaresipCodecs
{
    public static IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>
    {
        ["opus"] = "opus/48000/2",
        ["g722"] = "G722/16000/1",
        ["pcma"] = "PCMA/8000/1",
        ["pcmu"] = "PCMU/8000/1",
    };
}
