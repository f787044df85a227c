namespace RtcEnhance.Audio.Tests.Receiver;

/// <summary>Comfort noise and telephone events through the receiver.</summary>
public class AudioReceiverSilenceTests
{
    private const byte Noise = 13;
    private const byte Events = 101;

    // Twice what the tone moves by.
    private const float ClickBound = 0.16f;

    private ushort _sequence;
    private uint _timestamp;
    private int _spoken;
    private bool _isListening = true;
    private readonly List<(char? Key, bool IsEnd, double Ms)> _keys = [];

    [Theory]
    [InlineData(40, -40)]
    [InlineData(55, -55)]
    public void GetAudio_ComfortNoise_HasItsLevelAndIsNoLoss(byte level, double expectedDb)
    {
        using CallHarness call = Call();
        Speak(call, 50);
        int quiet = call.Played.Count;
        Send(call, Noise, [level]);
        Pause(call, 2000);
        InboundAudioStats stats = call.Receiver.GetStats();
        double square = call.Played.Skip(quiet + 4000).Take(8000).Average(sample => (double)sample * sample);
        Speak(call, 50);

        Assert.Equal(expectedDb, 10 * Math.Log10(square), 1.0);
        Assert.Equal((0, 0), (stats.ConcealedSamples, stats.ConcealmentEvents));
        Assert.InRange(stats.ComfortNoiseSamples, 8 * 1900, 8 * 2000);
        stats = call.Receiver.GetStats();
        Assert.Equal((0, 0), (stats.ConcealedSamples, stats.PacketsLost));
    }

    [Fact]
    public void GetAudio_SpeechAfterComfortNoise_ReturnsWithoutAClick()
    {
        using CallHarness call = Call();
        for (int i = 0; i < 10; i++)
        {
            // Pauses of odd lengths, so that speech returns at any phase of the tone.
            Speak(call, 25);
            Send(call, Noise, [60]);
            Pause(call, 300 + (10 * i));
            _spoken += i;
        }

        Speak(call, 25);

        for (int i = 8000 / 10; i < call.Played.Count; i++)
            Assert.InRange(Math.Abs(call.Played[i] - call.Played[i - 1]), 0, ClickBound);
        Assert.Equal(0, call.Receiver.GetStats().ConcealedSamples);
    }

    [Fact]
    public void TryReadTelephoneEvent_KeysBetweenSpeech_ComeOnceInOrderAndTheGapIsComfortNoise()
    {
        using CallHarness call = Call();
        long concealed = 0;
        foreach (char key in "159#")
        {
            Speak(call, 20);
            Press(call, key, 100);
            concealed = call.Receiver.GetStats().ConcealedSamples;
        }

        Speak(call, 20);

        Assert.Equal([('1', true, 100.0), ('5', true, 100.0), ('9', true, 100.0), ('#', true, 100.0)], _keys);
        Assert.Equal(0, concealed);
        Assert.Equal(0, call.Receiver.GetStats().ConcealedSamples);
        Assert.InRange(call.Receiver.GetStats().ComfortNoiseSamples, 8 * 4 * 80, 8 * 4 * 130);
        Assert.Equal(0, call.Receiver.GetStats().PacketsLost);
    }

    [Fact]
    public void TryReadTelephoneEvent_KeyPressed_IsNotToldBeforeTheAudioBeforeItWasHeard()
    {
        _isListening = false;
        using CallHarness call = Call(delayMs: 400);
        Speak(call, 50);
        Press(call, '7', 100);

        Assert.False(call.Receiver.TryReadTelephoneEvent(out _));
        Speak(call, 10);
        Assert.False(call.Receiver.TryReadTelephoneEvent(out _));
        Speak(call, 10);
        Assert.True(call.Receiver.TryReadTelephoneEvent(out TelephoneEvent pressed));
        Assert.Equal('7', pressed.Key);
    }

    [Fact]
    public void TryReadTelephoneEvent_NoAudioAtAll_TellsEveryKeyWhole()
    {
        using CallHarness call = Call();
        foreach (char key in "42")
        {
            Press(call, key, 100);
            Pause(call, 500);
        }

        Assert.Equal([('4', true, 100.0), ('2', true, 100.0)], _keys);
    }

    [Fact]
    public void TryReadTelephoneEvent_NothingDecodedBetweenKeys_TellsThemAsTimeGoesOn()
    {
        using CallHarness call = Call();
        Speak(call, 20);
        foreach (char key in "42")
        {
            Pause(call, 3000);
            Press(call, key, 100);
        }

        Pause(call, 200);

        Assert.Equal([('4', true, 100.0), ('2', true, 100.0)], _keys);
    }

    [Fact]
    public void TryReadTelephoneEvent_OtherClockThanTheAudio_IsToldWhole()
    {
        // Telephone events at 8 kHz beside audio at 48 kHz, as beside Opus.
        using var call = new CallHarness(options => new AudioReceiverOptions
        {
            Time = options.Time,
            OutputFormat = new AudioFormat(48000),
            Enhancement = options.Enhancement,
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [96] = () => new L16Decoder(48000) },
            TelephoneEvents = new Dictionary<byte, int> { [Events] = 8000 },
        });
        for (int i = 0; i < 20; i++)
        {
            Send(call, 96, new byte[1920]);
            _timestamp += 960;
            Pull(call);
            Pull(call);
        }

        Press(call, '3', 100);
        Pause(call, 100);

        Assert.Equal([('3', true, 100.0)], _keys);
    }

    [Fact]
    public void TryReadTelephoneEvent_EndLost_IsToldAfterHalfASecondAndOnce()
    {
        _isListening = false;
        using CallHarness call = Call();
        Speak(call, 20);
        Send(call, Events, [6, 10, 0, 160], marker: true);
        Pause(call, 300);
        Assert.False(call.Receiver.TryReadTelephoneEvent(out _));

        Pause(call, 500);

        Assert.True(call.Receiver.TryReadTelephoneEvent(out TelephoneEvent pressed));
        Assert.Equal(('6', false), (pressed.Key!.Value, pressed.IsEnd));
        Pause(call, 1000);
        Assert.False(call.Receiver.TryReadTelephoneEvent(out _));
    }

    private static CallHarness Call(int delayMs = 60) => new(options => new AudioReceiverOptions
    {
        Time = options.Time,
        OutputFormat = options.OutputFormat,
        Enhancement = new EnhancementOptions { PlayoutDelay = PlayoutDelayOptions.Fixed(TimeSpan.FromMilliseconds(delayMs)) },
        Decoders = options.Decoders,
        TelephoneEvents = new Dictionary<byte, int> { [Events] = 8000 },
    });

    /// <summary>An application asks for keys with every block.</summary>
    private void Pull(CallHarness call)
    {
        call.Pull();
        while (_isListening && call.Receiver.TryReadTelephoneEvent(out TelephoneEvent pressed))
            _keys.Add((pressed.Key, pressed.IsEnd, pressed.Duration.TotalMilliseconds));
    }

    private void Speak(CallHarness call, int packets)
    {
        for (int i = 0; i < packets; i++)
        {
            Send(call, 0, ToneCodec.Encode(_spoken++));
            Pause(call, 20);
        }
    }

    /// <summary>A key as senders tell it: a report every 20 ms, the last one three times.</summary>
    private void Press(CallHarness call, char key, int ms)
    {
        byte code = (byte)"0123456789*#".IndexOf(key);
        uint start = _timestamp;
        for (int at = 20; at <= ms + 40; at += 20)
        {
            int duration = Math.Min(at, ms) * 8;
            _timestamp = start;
            Send(call, Events, [code, (byte)(at >= ms ? 0x8A : 0x0A), (byte)(duration >> 8), (byte)duration], marker: at == 20);
            if (at <= ms)
            {
                Pull(call);
                Pull(call);
            }
        }

        _timestamp = start + (uint)(ms * 8);
    }

    private void Send(CallHarness call, byte payloadType, byte[] payload, bool marker = false)
        => call.Receiver.InsertPacket(new RtpPacket(1, _sequence++, _timestamp, payloadType, marker, call.Clock.GetTimestamp(), payload));

    private void Pause(CallHarness call, int ms)
    {
        for (int i = 0; i < ms / 10; i++)
            Pull(call);
        _timestamp += (uint)(ms * 8);
    }
}
