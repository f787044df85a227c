using System.Runtime.InteropServices;
using NAudio.Wave;
using NAudio.Wave.SampleProviders;
using RtcEnhance.Audio;
using AudioFormat = RtcEnhance.Audio.AudioFormat;

namespace RtcEnhance.NAudio.Tests;

public sealed class AudioSourceProviderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Read_SamplesAndBytes_AreTheSourcesInOrder(int channels)
    {
        var provider = new AudioSourceProvider(new Ramp(channels));
        var samples = new float[100];
        var bytes = new byte[400];

        Assert.Equal(100, provider.Read(samples));
        Assert.Equal(400, provider.Read(bytes));

        Assert.Equal(Enumerable.Range(0, 100).Select(Ramp.At), samples);
        Assert.Equal(Enumerable.Range(100, 100).Select(Ramp.At), MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        Assert.Equal((48000, channels, 32, WaveFormatEncoding.IeeeFloat), (provider.WaveFormat.SampleRate, provider.WaveFormat.Channels, provider.WaveFormat.BitsPerSample, provider.WaveFormat.Encoding));
    }

    [Fact]
    public void Read_BufferOfBrokenFrames_FillsTheWholeOnes()
    {
        var provider = new AudioSourceProvider(new Ramp(2));
        var samples = new float[5];
        var bytes = new byte[19];

        Assert.Equal(4, provider.Read(samples));
        Assert.Equal(16, provider.Read(bytes));
        Assert.Equal(0, provider.Read(new byte[3]));
        Assert.Equal(0f, samples[4]);
    }

    [Fact]
    public void Read_AfterWarmUp_AllocatesNothing()
    {
        var provider = new AudioSourceProvider(new Ramp(2));
        var bytes = new byte[3840];

        AllocationAssert.None(() => provider.Read(bytes), warmUps: 1, runs: 100);
    }

    [Fact]
    public void WaveFileWriter_Receiver_WritesWhatTheReceiverPlays()
    {
        float[] expected = Play(receiver =>
        {
            var samples = new float[48000];
            receiver.GetAudio(samples);
            return samples;
        });

        float[] written = Play(receiver =>
        {
            using var file = new MemoryStream();
            ISampleProvider second = new OffsetSampleProvider(new AudioSourceProvider(receiver)) { TakeSamples = 48000 };
            WaveFileWriter.WriteWavFileToStream(file, second.ToWaveProvider());
            return WavFile.Read(new MemoryStream(file.ToArray())).Samples;
        });

        Assert.Equal(48000, written.Length);
        Assert.Equal(expected, written);
        Assert.Contains(written, sample => Math.Abs(sample) > 0.1f);
    }

    [Fact]
    public void Constructor_NoSource_Throws() => Assert.Throws<ArgumentNullException>(() => new AudioSourceProvider(null!));

    /// <summary>A second of a tone in PCMU, two packets of it lost, given before it is played.</summary>
    private static float[] Play(Func<AudioReceiver, float[]> play)
    {
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = static () => new G711Decoder(G711Law.MuLaw) },
            Time = new StoppedClock(),
        });
        var encoder = new G711Encoder(G711Law.MuLaw);
        var tone = new float[160];
        for (int i = 0; i < 50; i++)
        {
            for (int n = 0; n < tone.Length; n++)
                tone[n] = 0.5f * MathF.Sin(2 * MathF.PI * 400 * ((i * 160) + n) / 8000);
            var payload = new byte[160];
            encoder.Encode(tone, payload);
            if (i is not (20 or 21))
                receiver.InsertPacket(new RtpPacket(1, (ushort)i, (uint)(160 * i), 0, i == 0, 0, payload));
        }

        return play(receiver);
    }

    private sealed class Ramp(int channels) : IAudioSource
    {
        private int _next;

        public AudioFormat OutputFormat { get; } = new(48000, channels);

        public static float At(int index) => index / 65536f;

        public void GetAudio(Span<float> samples)
        {
            if (samples.Length % OutputFormat.Channels != 0)
                throw new ArgumentException("A broken frame.");
            foreach (ref float sample in samples)
                sample = At(_next++);
        }
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
