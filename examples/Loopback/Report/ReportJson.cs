using System.Text.Json.Serialization;

namespace RtcEnhance.Loopback.Report;

/// <summary>How figures become JSON, generated at compile time. Thread-safe.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(DemoReport))]
public sealed partial class ReportJson : JsonSerializerContext;
