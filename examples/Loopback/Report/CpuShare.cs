using System.Text.Json.Serialization;

namespace RtcEnhance.Loopback.Report;

/// <summary>Processor time of the receiving side in percent of one core. Thread-safe.</summary>
/// <param name="FramesPerSecond">Video frame rate.</param>
/// <param name="AudioPercent">Decoding, playout, concealment and bandwidth extension.</param>
/// <param name="VideoPercent">Depacketising and super-resolution.</param>
public sealed record CpuShare(double FramesPerSecond, double AudioPercent, double VideoPercent)
{
    /// <summary>Audio and video together.</summary>
    [JsonIgnore]
    public double TotalPercent => AudioPercent + VideoPercent;
}
