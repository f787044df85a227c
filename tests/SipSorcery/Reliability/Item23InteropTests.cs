using RtcEnhance.Audio;
using RtcEnhance.Interop.Tests.Opus;
using RtcEnhance.Testing;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery.Tests.Reliability;

/// <summary>
/// Item 23: calls with 0, 5, 10 and 20 % of the packets lost, counted by two that do not know of each other. Here the other
/// one is SIPSorcery's RTCP, and the sender; <c>./rtc interop</c> does it with browsers and their getStats.
/// </summary>
public sealed class Item23InteropTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    public void Item23_WebRtcCallWithLoss_CountsAgreeWithSipSorcerysAndTheSenders(int lossPercent)
    {
        float[] speech = SpeechLikeSignal.Create(5, 48000);
        byte[][] packets = AudioCallTests.OpusPackets(speech);
        var random = new Random(23 + lossPercent);
        bool[] isLost = [.. packets.Select((_, i) => i > 0 && i < packets.Length - 1 && random.Next(100) < lossPercent)];
        EnhancedSession? session = null;
        using Call call = Call.OverWebRtc(receiver => session = AudioCallTests.Attach(receiver, _time), AudioCommonlyUsedFormats.OpusWebRTC);
        var driver = new AudioCallDriver(call, session!, _time, 111, 960);

        driver.Send(packets, i => isLost[i]);

        InboundAudioStats stats = driver.Stats;
        RTCPSession other = call.Receiver.AudioStream.RtcpSession;
        RTCPCompoundPacket report = other.GetRtcpReport();
        ReceptionReportSample sample = (report.ReceiverReport?.ReceptionReports ?? report.SenderReport.ReceptionReports)[0];

        // In 16 bits: SIPSorcery's extended number misses the wrap.
        ushort theirsExpected = (ushort)(sample.ExtendedHighestSequenceNumber - AudioCallDriver.FirstSequenceNumber + 1);
        Assert.Equal(packets.Length - driver.Lost, stats.PacketsReceived);
        Assert.Equal(other.PacketsReceivedCount, (uint)stats.PacketsReceived);
        Assert.Equal(driver.Lost, stats.PacketsLost);
        Assert.Equal(theirsExpected - other.PacketsReceivedCount, stats.PacketsLost);

        // Redundancy brings single losses back; of what is missing then no more is invented than was lost.
        Assert.InRange(stats.FecPacketsReceived, driver.Lost / 4, driver.Lost);
        Assert.InRange(stats.ConcealedSamples - stats.SilentConcealedSamples, 0, (driver.Lost + 3) * 960);
        Assert.Equal(0, stats.PacketsDiscarded + stats.UndecodablePackets);
        Assert.InRange(driver.BestCorrelation(speech), 0.75, 1);
    }
}
