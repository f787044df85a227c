using RtcEnhance.Audio;

namespace RtcEnhance.Softphone;

/// <summary>One line about what is received. Thread-safe.</summary>
internal static class StatusLine
{
    public static string Format(PhoneCall call)
    {
        InboundAudioStats stats = call.GetStats();
        long expected = stats.PacketsReceived + stats.PacketsLost;
        return FormattableString.Invariant(
            $"{call.Codec}  received {stats.PacketsReceived}  lost {stats.PacketsLost} ({Percent(stats.PacketsLost, expected):0.0} %)  late {stats.LatePackets}")
            + FormattableString.Invariant(
            $"  concealed {Percent(stats.ConcealedSamples - stats.SilentConcealedSamples, stats.TotalSamplesReceived):0.0} %  delay {stats.CurrentDelay.TotalMilliseconds:0} of {stats.TargetDelay.TotalMilliseconds:0} ms")
            + FormattableString.Invariant(
            $"  jitter {stats.Jitter * 1000:0.0} ms  RtcEnhance {(call.IsEnhanced ? "on" : "off")}");
    }

    private static double Percent(long part, long whole) => whole == 0 ? 0 : 100.0 * part / whole;
}
