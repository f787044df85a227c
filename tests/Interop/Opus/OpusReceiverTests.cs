using RtcEnhance.Audio;
using RtcEnhance.Opus;
using RtcEnhance.Testing;

namespace RtcEnhance.Interop.Tests.Opus;

public class OpusReceiverTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(60)]
    public void GetAudio_EveryTenthPacketLost_RecoversItFromTheNext(int packetMs)
    {
        (InboundAudioStats stats, _) = Play(packetMs, i => i % 10 == 9, i => true);

        Assert.InRange(stats.FecPacketsReceived, stats.PacketsLost * 6 / 10, stats.PacketsLost);
        Assert.InRange(stats.ConcealedSamples, 0, (stats.PacketsLost - stats.FecPacketsReceived) * packetMs * 48);
    }

    [Fact]
    public void GetAudio_LossAndRedundancy_AllocatesNothing()
    {
        (_, long allocated) = Play(20, i => i % 7 == 6, i => i > 40);

        Assert.Equal(0, allocated);
    }

    private static (InboundAudioStats Stats, long Allocated) Play(int packetMs, Func<int, bool> isLost, Func<int, bool> isMeasured)
    {
        var clock = new ManualTimeProvider();
        using var encoder = new OpusEncoder(new OpusEncoderOptions { SampleRateHz = 16000, BitrateBps = 32000, InBandFec = true, ExpectedLossPercent = 20 });
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [111] = () => new OpusDecoder() },
            Time = clock,
        });
        float[] speech = SpeechLikeSignal.Create(4, 16000);
        int frame = 16 * packetMs;
        var payloads = new byte[speech.Length / frame][];
        var scratch = new byte[1500];
        for (int i = 0; i < payloads.Length; i++)
            payloads[i] = scratch[..encoder.Encode(speech.AsSpan(i * frame, frame), scratch)];

        var block = new float[480];
        long allocated = 0;
        for (int i = 0; i < payloads.Length; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            if (!isLost(i))
                receiver.InsertPacket(new RtpPacket(1, (ushort)i, (uint)(i * packetMs * 48), 111, false, clock.GetTimestamp(), payloads[i]));
            for (int pull = 0; pull < packetMs / 10; pull++)
            {
                receiver.GetAudio(block);
                clock.Advance(TimeSpan.FromMilliseconds(10));
            }

            long after = GC.GetAllocatedBytesForCurrentThread();
            allocated += isMeasured(i) ? after - before : 0;
        }

        return (receiver.GetStats(), allocated);
    }
}
