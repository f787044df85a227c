using RtcEnhance.Audio;
using RtcEnhance.Interop.Tests.Opus;
using RtcEnhance.Testing;
using SIPSorcery.Media;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;
using AudioFormat = SIPSorceryMedia.Abstractions.AudioFormat;

namespace RtcEnhance.SipSorcery.Tests;

/// <summary>Speech through real calls between two SIPSorcery peers, encoded by SIPSorcery.</summary>
public sealed class AudioCallTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void WebRtcCall_OpusWithLoss_IsRecoveredAndConcealed()
    {
        float[] speech = SpeechLikeSignal.Create(4, 48000);
        EnhancedSession? session = null;
        using Call call = Call.OverWebRtc(receiver => session = Attach(receiver), AudioCommonlyUsedFormats.OpusWebRTC);
        var driver = new AudioCallDriver(call, session!, _time, 111, 960);

        driver.Send(OpusPackets(speech), static i => i % 10 == 7);

        InboundAudioStats stats = driver.Stats;
        Assert.Equal(200 - driver.Lost, stats.PacketsReceived);
        Assert.InRange(stats.PacketsLost, driver.Lost - 2, driver.Lost);
        Assert.Equal(0, stats.UndecodablePackets + stats.UnknownPayloadTypePackets + stats.MalformedPackets);
        Assert.InRange(stats.FecPacketsReceived, 1, driver.Lost);
        Assert.InRange(stats.ConcealedSamples, 0, stats.TotalSamplesReceived / 8);
        Assert.InRange(driver.BestCorrelation(speech), 0.8, 1);
    }

    [Fact]
    public void SipCall_PcmuWithLoss_IsConcealedForAsLongAsPacketsWereLost()
    {
        float[] speech = SpeechLikeSignal.Create(4, 48000);
        EnhancedSession? session = null;
        using Call call = Call.OverRtp(receiver => session = Attach(receiver), Call.Pcmu);
        var driver = new AudioCallDriver(call, session!, _time, 0, 160);

        driver.Send(Packets(speech, Call.Pcmu, 8000), static i => i % 10 == 7);

        InboundAudioStats stats = driver.Stats;
        Assert.InRange(stats.PacketsLost, driver.Lost - 2, driver.Lost);
        Assert.InRange(stats.ConcealedSamples, (driver.Lost - 3) * 960, (driver.Lost + 3) * 960);
        Assert.InRange(stats.ConcealmentEvents, driver.Lost - 3, driver.Lost + 3);
        Assert.True(stats.Concealment.Calls > 0 && stats.BandwidthExtension.Calls > 0);
        Assert.InRange(driver.BestCorrelation(speech), 0.7, 1);
    }

    [Fact]
    public void SipCall_CodecOfSipSorceryAlone_IsDecodedByItAndConcealed()
    {
        float[] speech = SpeechLikeSignal.Create(4, 48000);
        using Call call = Call.OverRtp(null, Call.G729);
        using EnhancedSession session = Attach(call.Receiver);
        var driver = new AudioCallDriver(call, session, _time, 18, 160);

        driver.Send(Packets(speech, Call.G729, 8000), static i => i % 10 == 7);

        InboundAudioStats stats = driver.Stats;
        Assert.Equal(0, stats.UndecodablePackets);
        Assert.InRange(stats.ConcealedSamples, (driver.Lost - 3) * 960, (driver.Lost + 3) * 960);
        Assert.InRange(driver.BestCorrelation(speech), 0.4, 1);
    }

    [Fact]
    public void SipCall_G722WithoutLoss_SoundsAsItWasSent()
    {
        float[] speech = SpeechLikeSignal.Create(3, 48000);
        using Call call = Call.OverRtp(null, Call.G722);
        using EnhancedSession session = Attach(call.Receiver);
        var driver = new AudioCallDriver(call, session, _time, 9, 160);

        driver.Send(Packets(speech, Call.G722, 16000), static _ => false);

        Assert.Equal(0, driver.Stats.PacketsLost + driver.Stats.ConcealedSamples - driver.Stats.SilentConcealedSamples);
        Assert.InRange(driver.BestCorrelation(speech), 0.9, 1);
    }

    [Fact]
    public void SipCall_HeldAndResumed_KeepsItsReceiver()
    {
        using Call call = Call.OverRtp(null, Call.Pcmu);
        using EnhancedSession session = Attach(call.Receiver);
        var driver = new AudioCallDriver(call, session, _time, 0, 160);
        byte[][] packets = Packets(SpeechLikeSignal.Create(1, 48000), Call.Pcmu, 8000);
        driver.Send(packets, static _ => false);
        AudioReceiver? before = session.Audio.Receiver;

        call.Negotiate(MediaStreamStatusEnum.SendOnly);
        call.Negotiate();
        driver.Send(packets, static _ => false);

        Assert.NotNull(before);
        Assert.Same(before, session.Audio.Receiver);
        Assert.Equal(100, driver.Stats.PacketsReceived);
    }

    [Fact]
    public void SipCall_PayloadTypeGetsAnotherMeaning_MakesAnotherReceiver()
    {
        var first = new AudioFormat(AudioCodecsEnum.L16, 117, 16000);
        var second = new AudioFormat(AudioCodecsEnum.L16, 117, 8000);
        byte[][] packets = Packets(SpeechLikeSignal.Create(1, 48000), first, 16000);
        using Call call = Call.OverRtp(null, first);
        using EnhancedSession session = Attach(call.Receiver);
        new AudioCallDriver(call, session, _time, 117, 320).Send(packets, static _ => false);
        AudioReceiver? before = session.Audio.Receiver;

        foreach (RTPSession peer in new[] { call.Sender, call.Receiver })
        {
            peer.AudioStream.LocalTrack.Capabilities.Clear();
            peer.AudioStream.LocalTrack.Capabilities.Add(new SDPAudioVideoMediaFormat(second));
        }

        call.Negotiate();
        new AudioCallDriver(call, session, _time, 117, 160).Send(Packets(SpeechLikeSignal.Create(1, 48000), second, 8000), static _ => false);

        Assert.NotSame(before, session.Audio.Receiver);
        Assert.Equal((50, 0), (session.Audio.GetStats().PacketsReceived, session.Audio.GetStats().UndecodablePackets));
    }

    [Fact]
    public void SessionWithoutSdp_FirstPacket_StartsTheReceiver()
    {
        using Call call = Call.OverRtp(null, Call.Pcmu);
        EnhancedSession former = Attach(call.Receiver);
        former.Dispose();
        call.Receiver.AudioStream.RemoteTrack = null;
        using EnhancedSession session = Attach(call.Receiver);
        Assert.Null(session.Audio.Receiver);

        call.Sender.AudioStream.SendRtpRaw(new byte[160], 0, 0, 0, 0);

        Waiting.For(() => session.Audio.GetStats().PacketsReceived == 1, "the packet arrives");
    }

    [Fact]
    public void SipCall_KeyPressed_IsHeardOnceInTheOrderOfTheAudio()
    {
        using Call call = Call.OverRtp(null, Call.Pcmu);
        using EnhancedSession session = Attach(call.Receiver);
        var driver = new AudioCallDriver(call, session, _time, 0, 160);
        byte[][] packets = Packets(new float[48000], Call.Pcmu, 8000);
        driver.Send(packets[..10], static _ => false);
        int payloadType = call.Sender.AudioStream.NegotiatedRtpEventPayloadID;

        // Five packets of key 5, the last of them thrice, as RFC 4733 sends them.
        byte[][] events = [[5, 10, 0, 160], [5, 10, 1, 64], [5, 10, 1, 224], [5, 0x8A, 2, 128], [5, 0x8A, 2, 128], [5, 0x8A, 2, 128]];
        long received = 0;
        call.Receiver.OnRtpEventByIndex += (_, _, _, _) => Interlocked.Increment(ref received);
        for (int i = 0; i < events.Length; i++)
            call.Sender.AudioStream.SendRtpRaw(events[i], 1600, i == 0 ? 1 : 0, payloadType, (ushort)(65510 + i));
        Waiting.For(() => Volatile.Read(ref received) == events.Length, "the events arrive");
        var keys = new List<TelephoneEvent>();
        var block = new float[960];
        for (int i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            session.Audio.GetAudio(block);
            while (session.Audio.TryReadTelephoneEvent(out TelephoneEvent key))
                keys.Add(key);
        }

        TelephoneEvent heard = Assert.Single(keys, key => key.IsEnd);
        Assert.Equal('5', heard.Key);
        Assert.Equal(TimeSpan.FromMilliseconds(80), heard.Duration);
    }

    [Fact]
    public void SipCall_SenderReports_SetTheReceiversClock()
    {
        using Call call = Call.OverRtp(null, Call.Pcmu);
        using EnhancedSession session = Attach(call.Receiver);
        var driver = new AudioCallDriver(call, session, _time, 0, 160);
        driver.Send(Packets(new float[9600], Call.Pcmu, 8000), static _ => false);
        AudioReceiver receiver = session.Audio.Receiver!;
        Assert.False(receiver.PlayoutClock.TryGetWallTime(800, out _));

        uint ssrc = call.Sender.AudioStream.LocalTrack.Ssrc;
        for (uint second = 0; second < 2; second++)
        {
            var sent = new RTCPSenderReport(ssrc, (4_000_000_000UL + second) << 32, 8000 * second, 10, 1600, null);
            call.Sender.AudioStream.SendRtcpReport(new RTCPCompoundPacket(sent, new RTCPSDesReport(ssrc, "sender")));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Waiting.For(() => receiver.PlayoutClock.TryGetWallTime(800, out _), "the reports arrive");
        Assert.True(receiver.PlayoutClock.TryGetWallTime(8000, out TimeSpan at));
        Assert.Equal(4_000_000_001, Math.Round(at.TotalSeconds), 0);
    }

    // A fixed delay: nothing is stretched, and what was played lies over what was sent.
    internal static EnhancedSession Attach(RTPSession receiver, TimeProvider time) => receiver.UseRtcEnhance(new EnhancedSessionOptions
    {
        Time = time,
        Enhancement = new EnhancementOptions { PlayoutDelay = PlayoutDelayOptions.Fixed(TimeSpan.FromMilliseconds(60)) },
    });

    private EnhancedSession Attach(RTPSession receiver) => Attach(receiver, _time);

    private static byte[][] Packets(float[] samples48KHz, AudioFormat format, int rateHz)
    {
        using var encoder = new AudioEncoder(format);
        float[] samples = Resampler.Convert(samples48KHz, 48000, rateHz);
        var packets = new byte[samples.Length / (rateHz / 50)][];
        var pcm = new short[rateHz / 50];
        for (int i = 0; i < packets.Length; i++)
        {
            Pcm16.FromFloat(samples.AsSpan(i * pcm.Length, pcm.Length), pcm);
            packets[i] = encoder.EncodeAudio(pcm, format);
        }

        return packets;
    }

    /// <summary>With redundancy, which SIPSorcery's own encoder negotiates but does not send.</summary>
    internal static byte[][] OpusPackets(float[] samples)
    {
        using var encoder = new Opus.OpusEncoder(new Opus.OpusEncoderOptions { BitrateBps = 32000, InBandFec = true, ExpectedLossPercent = 20 });
        var packets = new byte[samples.Length / 960][];
        var payload = new byte[1500];
        for (int i = 0; i < packets.Length; i++)
            packets[i] = payload[..encoder.Encode(samples.AsSpan(i * 960, 960), payload)];
        return packets;
    }
}
