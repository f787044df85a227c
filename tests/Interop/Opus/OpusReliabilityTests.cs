using RtcEnhance.Audio;
using RtcEnhance.Opus;

namespace RtcEnhance.Interop.Tests.Opus;

/// <summary>What of the reliability list needs a real codec with pauses and redundancy of its own.</summary>
public class OpusReliabilityTests
{
    private static readonly PlayoutDelayOptions Fixed = PlayoutDelayOptions.Fixed(TimeSpan.FromMilliseconds(60));

    [Fact]
    public void Item05_OpusBetweenG711AndG722_CostsAtMostOneConcealmentEach()
    {
        const int PacketsOfEach = 50;
        byte[] types = [OpusCall.Pcmu, OpusCall.Opus, OpusCall.G722, OpusCall.Opus, OpusCall.Pcmu];
        float[] speech = SpeechLikeSignal.Create(types.Length, 48000);
        byte[][] opus = OpusStream.Encode(speech, new());
        var muLaw = new G711Encoder(G711Law.MuLaw);
        var g722 = new G722Encoder();
        using var call = new OpusCall();

        for (int i = 0; i < types.Length * PacketsOfEach; i++)
        {
            byte type = types[i / PacketsOfEach];
            ReadOnlySpan<float> samples = speech.AsSpan(i * 960, 960);
            var payload = new byte[160];
            if (type == OpusCall.Pcmu)
                muLaw.Encode(EverySample(samples, 6), payload);
            else if (type == OpusCall.G722)
                g722.Encode(EverySample(samples, 3), payload);
            call.Send(type, type == OpusCall.Opus ? opus[i] : payload);
        }

        InboundAudioStats stats = call.Stats;
        Assert.InRange(stats.ConcealmentEvents, 0, types.Length - 1);
        Assert.InRange(stats.ConcealedSamples, 0, (types.Length - 1) * 960);
        Assert.Equal(0, stats.PacketsDiscarded);
        Assert.Equal(0, stats.UndecodablePackets);
        Assert.Equal(0, stats.UnknownPayloadTypePackets);
    }

    [Fact]
    public void Item07_PausesOfDtx_ConcealNothing()
    {
        // Two seconds of speech and two of silence in turn; libopus leaves most packets of a pause out, and so does the sender.
        float[] speech = SpeechLikeSignal.Create(16, 48000);
        for (int i = 0; i < speech.Length; i++)
            speech[i] *= i / 96_000 % 2 == 0 ? 1 : 0;
        byte[][] packets = OpusStream.Encode(speech, new() { Dtx = true, BitrateBps = 16_000 });
        using var call = new OpusCall();
        bool isPaused = false;
        int notSent = 0;

        foreach (byte[] packet in packets)
        {
            bool isDtx = packet.Length <= 2;
            if (isDtx && isPaused)
            {
                call.Skip(OpusCall.Opus);
                call.Play();
                notSent++;
            }
            else
            {
                call.Send(OpusCall.Opus, packet);
            }

            isPaused = isDtx;
        }

        InboundAudioStats stats = call.Stats;
        Assert.InRange(notSent, 200, 400);
        Assert.Equal(0, stats.ConcealedSamples);
        Assert.Equal(0, stats.ConcealmentEvents);
        Assert.InRange(stats.ComfortNoiseSamples, (notSent - 25) * 960, (notSent + 25) * 960);
        Assert.Equal(0, stats.PacketsDiscarded);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Item10_InBandFec_ServesExactlyTheLastMissingPacket(int lost)
    {
        byte[][] packets = Redundant();
        int first = Enumerable.Range(60, 40).First(i => HasFec(packets[i + lost]));
        using var call = new OpusCall(Fixed);

        for (int i = 0; i < packets.Length; i++)
            call.Send(OpusCall.Opus, packets[i], isLost: i >= first && i < first + lost);

        InboundAudioStats stats = call.Stats;
        Assert.Equal(1, stats.FecPacketsReceived);
        Assert.Equal((lost - 1) * 960, stats.ConcealedSamples);
        Assert.Equal(lost, stats.PacketsLost);
    }

    [Fact]
    public void Item10_PacketComesBeforeItsTurn_FecIsNotUsed()
    {
        byte[][] packets = Redundant();
        int late = Enumerable.Range(60, 40).First(i => HasFec(packets[i + 1]));
        using var call = new OpusCall(Fixed);
        RtpPacket held = default;

        for (int i = 0; i < packets.Length; i++)
        {
            if (i == late)
            {
                held = call.Take(OpusCall.Opus, packets[i]);
                call.Play();
                continue;
            }

            if (i == late + 2)
                call.Deliver(held);
            call.Send(OpusCall.Opus, packets[i]);
        }

        Assert.Equal(0, call.Stats.FecPacketsReceived);
        Assert.Equal(0, call.Stats.ConcealedSamples);
        Assert.Equal(0, call.Stats.PacketsDiscarded);
    }

    [Fact]
    public void Item10_RedOfOpus_LosesNothingOfEveryThirdPacket()
    {
        byte[][] packets = OpusStream.Encode(SpeechLikeSignal.Create(4, 48000), new());
        using var whole = new OpusCall(Fixed);
        using var lossy = new OpusCall(Fixed);
        int lost = 0;

        for (int i = 0; i < packets.Length; i++)
        {
            byte[] red = i == 0 ? [OpusCall.Opus, .. packets[i]] : WithPrevious(packets[i - 1], packets[i]);
            bool isLost = i % 3 == 1 && i < packets.Length - 1;
            lost += isLost ? 1 : 0;
            whole.Send(OpusCall.Red, red);
            lossy.Send(OpusCall.Red, red, isLost);
        }

        // The copy is the packet itself: nothing tells the two calls apart but the counters.
        Assert.Equal(whole.Played, lossy.Played);
        Assert.Equal(0, lossy.Stats.ConcealedSamples);
        Assert.Equal(lost, lossy.Stats.FecPacketsReceived - lossy.Stats.FecPacketsDiscarded);
        Assert.Equal(lost, lossy.Stats.PacketsLost);
        Assert.Equal(packets.Length - 1, whole.Stats.FecPacketsReceived);
        Assert.Equal(packets.Length - 1, whole.Stats.FecPacketsDiscarded);
    }

    private static byte[][] Redundant()
        => OpusStream.Encode(SpeechLikeSignal.Create(4, 48000), new() { InBandFec = true, ExpectedLossPercent = 20, BitrateBps = 20_000 });

    private static bool HasFec(byte[] packet) => OpusPacketInfo.TryParse(packet, out OpusPacketInfo info) && info.HasFec;

    /// <summary>RFC 2198: the block before with its age and length, then the block itself.</summary>
    private static byte[] WithPrevious(byte[] previous, byte[] packet)
    {
        const int AgeTicks = OpusCall.PacketMs * 48;
        return [0x80 | OpusCall.Opus, AgeTicks >> 6, (byte)((AgeTicks << 2) | (previous.Length >> 8)), (byte)previous.Length, OpusCall.Opus, .. previous, .. packet];
    }

    private static float[] EverySample(ReadOnlySpan<float> samples, int step)
    {
        var taken = new float[samples.Length / step];
        for (int i = 0; i < taken.Length; i++)
            taken[i] = samples[i * step];
        return taken;
    }
}
