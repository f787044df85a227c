using RtcEnhance.Audio;
using RtcEnhance.Opus;
using RtcEnhance.Testing;

namespace RtcEnhance.Interop.Tests.Opus;

public class OpusReceiverTests
{
    /// <summary>A 60 ms packet comes 10 ms after the turn of the one before it: that much is concealed, the rest recovered.</summary>
    [Theory]
    [InlineData(10, 0)]
    [InlineData(20, 0)]
    [InlineData(60, 480)]
    public void GetAudio_EveryTenthPacketLost_RecoversExactlyWhatTheNextHolds(int packetMs, int concealedFirst)
    {
        (InboundAudioStats stats, _, int recoverable) = Play(packetMs, i => i % 10 == 9, i => true);

        Assert.True(recoverable >= 3);
        Assert.Equal(recoverable, stats.FecPacketsReceived);
        Assert.Equal(((stats.PacketsLost - recoverable) * packetMs * 48) + (recoverable * concealedFirst), stats.ConcealedSamples);
    }

    [Fact]
    public void GetAudio_LossAndRedundancy_AllocatesNothing()
        => Assert.Equal(0, AllocationAssert.Least(() => Play(20, i => i % 7 == 6, i => i > 40).Allocated));

    private static (InboundAudioStats Stats, long Allocated, int Recoverable) Play(int packetMs, Func<int, bool> isLost, Func<int, bool> isMeasured)
    {
        var clock = new ManualTimeProvider();
        using var encoder = new OpusEncoder(new OpusEncoderOptions { SampleRateHz = 16000, BitrateBps = 32000, InBandFec = true, ExpectedLossPercent = 20 });
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [111] = () => new OpusDecoder() },
            Time = clock,
            Enhancement = new EnhancementOptions { PlayoutDelay = PlayoutDelayOptions.Fixed(TimeSpan.FromMilliseconds(50)) },
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

        int recoverable = Enumerable.Range(0, payloads.Length - 1)
            .Count(i => isLost(i) && OpusPacketInfo.TryParse(payloads[i + 1], out OpusPacketInfo next) && next.HasFec);
        return (receiver.GetStats(), allocated, recoverable);
    }
}
