namespace RtcEnhance.Audio.Tests.Receiver;

public class AudioReceiverOptionsTests
{
    [Fact]
    public void Validate_BufferShorterThanTheDelay_NamesBoth()
    {
        AudioReceiverOptions options = Options(2000, capacity: 200);

        var fault = Assert.Throws<ArgumentException>(options.Validate);

        Assert.Contains("PacketBufferCapacity 200", fault.Message, StringComparison.Ordinal);
        Assert.Contains("playout delay of 2000 ms", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetAudio_LongestTargetAtTheDefaultCapacity_Plays10MsPackets()
    {
        using var receiver = new AudioReceiver(Options(2000));
        var block = new float[480];
        var payload = new byte[80];

        for (int i = 0; i < 300; i++)
        {
            receiver.InsertPacket(new RtpPacket(1, (ushort)i, (uint)(i * 80), 0, false, 0, payload));
            receiver.GetAudio(block);
        }

        Assert.Equal(0, receiver.GetStats().Flushes);
        Assert.Equal(100 * 480, receiver.GetStats().ReceivedSamples);
    }

    [Fact]
    public void Validate_NullsWhereNoneMayBe_AreNamed()
    {
        AudioReceiverOptions valid = Options(60);
        var noFactory = new AudioReceiverOptions { Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [8] = null! } };
        var noEnhancement = new AudioReceiverOptions { Decoders = valid.Decoders, Enhancement = null! };
        var noBudget = new AudioReceiverOptions { Decoders = valid.Decoders, Enhancement = new EnhancementOptions { BandwidthExtension = null! } };

        Assert.Contains("type 8", Assert.Throws<ArgumentException>(noFactory.Validate).Message, StringComparison.Ordinal);
        Assert.Equal("Enhancement", Assert.Throws<ArgumentNullException>(noEnhancement.Validate).ParamName);
        Assert.Equal("BandwidthExtension", Assert.Throws<ArgumentNullException>(noBudget.Validate).ParamName);
    }

    private static AudioReceiverOptions Options(int targetMs, int? capacity = null) => new()
    {
        Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = () => new G711Decoder(G711Law.MuLaw) },
        Enhancement = new EnhancementOptions { PlayoutDelay = PlayoutDelayOptions.Fixed(TimeSpan.FromMilliseconds(targetMs)) },
        PacketBufferCapacity = capacity ?? new AudioReceiverOptions { Decoders = new Dictionary<byte, Func<IAudioDecoder>>() }.PacketBufferCapacity,
    };
}
