using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video.Sync;

public sealed class VideoReceiverClockTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void AddSenderReport_OfTheStream_FeedsTheClock()
    {
        using VideoReceiver receiver = Create();
        Assert.True(receiver.AddSenderReport(Report(7, 10, 5000)));
        Insert(receiver, 7);

        Assert.True(receiver.AddSenderReport(Report(7, 11, 95_000)));
        Assert.False(receiver.AddSenderReport(Report(7, 11, 95_000)));
        Assert.False(receiver.AddSenderReport(Report(8, 12, 3)));
        Assert.True(receiver.PlayoutClock.TryGetWallTime(185_000, out TimeSpan wall));
        Assert.Equal(12, wall.TotalSeconds, 6);
    }

    [Fact]
    public void NewStream_ForgetsTheReportsOfTheOld()
    {
        using VideoReceiver receiver = Create();
        Insert(receiver, 7);
        receiver.AddSenderReport(Report(7, 10, 5000));

        Insert(receiver, 8);

        Assert.False(receiver.PlayoutClock.TryGetWallTime(5000, out _));
        Assert.True(receiver.AddSenderReport(Report(8, 10, 100)));
        Assert.True(receiver.PlayoutClock.TryGetWallTime(90_100, out TimeSpan wall));
        Assert.Equal(11, wall.TotalSeconds, 6);
    }

    [Fact]
    public void FirstStream_ForgetsTheReportsOfAnother()
    {
        using VideoReceiver receiver = Create();
        receiver.AddSenderReport(Report(7, 10, 5000));
        Insert(receiver, 8);

        Assert.False(receiver.PlayoutClock.TryGetWallTime(5000, out _));
    }

    [Fact]
    public void AddSenderReport_WhereTheHostDepacketises_TakesAnySource()
    {
        using VideoReceiver receiver = Create();
        Assert.True(receiver.AddSenderReport(Report(7, 10, 5000)));
        Assert.True(receiver.AddSenderReport(Report(8, 20, 9000)));

        Assert.True(receiver.PlayoutClock.TryGetWallTime(9000, out TimeSpan wall));
        Assert.Equal(20, wall.TotalSeconds, 6);
    }

    private static RtcpSenderReport Report(uint ssrc, uint second, uint rtp)
        => new() { Ssrc = ssrc, NtpTimestamp = (ulong)second << 32, RtpTimestamp = rtp };

    /// <summary>Two packets in sequence, which is what makes a new stream.</summary>
    private static void Insert(VideoReceiver receiver, uint ssrc)
    {
        for (ushort i = 0; i < 2; i++)
            receiver.InsertPacket(new RtpPacket(ssrc, i, 0, 96, false, 0, new byte[] { 0x10, 1, 0, 0 }));
    }

    private VideoReceiver Create()
        => new(new VideoReceiverOptions { OwnThread = false, Time = _time }, _ => throw new InvalidOperationException(), new NoSink());

    private sealed class NoSink : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame) => frame.Dispose();
    }
}
