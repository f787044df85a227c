using RtcEnhance.Audio.Tests.Receiver;

namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 15: ten minutes without a packet, and then the call goes on.</summary>
public class Item15OutageTests
{
    [Fact]
    public void Item15_TenMinutesOutage_IsMutedCheapAndResumes()
    {
        const int OutageMs = 600_000;
        using var call = new SimulatedCall { Delay = n => n is >= 250 and < 250 + (OutageMs / 20) ? null : 0 };
        call.Run(5000);
        call.Run(5000);
        int muted = call.Played.Count;
        call.Run(OutageMs - 5000);

        Assert.Equal(0, call.Played.Skip(muted).Max(Math.Abs));
        Assert.InRange(call.Stats.ConcealedSamples, 8L * (OutageMs - 500), 8L * OutageMs);
        Assert.Equal(1, call.Stats.ConcealmentEvents);

        int resumed = call.Played.Count;
        call.Run(200);
        InboundAudioStats back = call.Stats;
        call.Run(5000);

        Assert.Equal(back.ConcealedSamples, call.Stats.ConcealedSamples);
        Assert.InRange(call.LongestSilenceMs(resumed), 0, 200);
        PlayoutStep last = call.Steps[^1];
        Assert.InRange(last.DelayMs, 0, last.TargetMs + 40);
        Assert.InRange(last.TargetMs, 0, 200);
    }

    [Fact]
    public void Item15_LongOutage_DoesNotKeepTheDecoderBusy()
    {
        var decoder = new ScriptedDecoder();
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            OutputFormat = new AudioFormat(8000),
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = () => decoder },
            Time = new Testing.ManualTimeProvider(),
        });
        var block = new float[80];
        for (int i = 0; i < 10; i++)
            receiver.InsertPacket(new RtpPacket(1, (ushort)i, (uint)(i * 160), 0, false, 0, new byte[160]));

        for (int i = 0; i < 6000; i++)
            receiver.GetAudio(block);

        Assert.InRange(decoder.ConcealCalls, 0, 100);
    }
}
