using System.Buffers.Binary;

namespace RtcEnhance.Loopback.Sending;

/// <summary>
/// RTCP sender reports of both streams (RFC 3550 section 6.4.1): the receiver brings sound and picture together by them.
/// Thread-safe.
/// </summary>
public static class SenderReports
{
    /// <summary>From one pair of reports to the next.</summary>
    public const int IntervalMs = 1000;

    /// <summary>The sender's wall clock at the start of the call, in seconds since 1900.</summary>
    private const ulong StartSeconds = 3_976_000_000;

    /// <summary>Both streams' reports.</summary>
    /// <param name="options">The call.</param>
    /// <param name="at">Time since its start.</param>
    /// <returns>Two datagrams.</returns>
    public static IReadOnlyList<byte[]> Build(CallOptions options, TimeSpan at)
    {
        ArgumentNullException.ThrowIfNull(options);
        return
        [
            Report(AudioPackets.Ssrc, at, AudioPackets.ClockRateHz(options.AudioCodec)),
            Report(VideoSender.Ssrc, at, 90000),
        ];
    }

    private static byte[] Report(uint ssrc, TimeSpan at, int clockRateHz)
    {
        var report = new byte[28];
        report[0] = 0x80;
        report[1] = 200;
        BinaryPrimitives.WriteUInt16BigEndian(report.AsSpan(2), 6);
        BinaryPrimitives.WriteUInt32BigEndian(report.AsSpan(4), ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(report.AsSpan(8), (StartSeconds << 32) + (ulong)(at.TotalSeconds * 4294967296));
        BinaryPrimitives.WriteUInt32BigEndian(report.AsSpan(16), (uint)(at.TotalSeconds * clockRateHz));
        return report;
    }
}
