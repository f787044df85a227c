using System.Text.Json.Serialization;

namespace RtcEnhance.Browser.Reporting;

/// <summary>How a call becomes JSON, generated at compile time.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, GenerationMode = JsonSourceGenerationMode.Serialization, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CallResult))]
internal sealed partial class InteropJson : JsonSerializerContext;
