using System.Globalization;
using RtcEnhance.Audio;
using RtcEnhance.Loopback;
using RtcEnhance.Rtc;

namespace RtcEnhance.EndToEnd.Tests;

public sealed class VerbTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rtc-verbs-").FullName;

    [Fact]
    public void Conceal_LostPackets_KeepsTheLengthAndEverythingElse()
    {
        float[] input = Speechlike(16000, 1.003);
        WavFile.Write(PathOf("in.wav"), input, 16000);
        File.WriteAllLines(PathOf("loss.txt"), Enumerable.Range(0, 60).Select(i => i % 10 == 5 ? "1" : "0"));

        Assert.Equal(0, ConcealVerb.Run([PathOf("in.wav"), PathOf("loss.txt"), PathOf("out.wav"), "--method", "classical"]));

        float[] expected = WavFile.Read(PathOf("in.wav")).Samples;
        float[] output = WavFile.Read(PathOf("out.wav")).Samples;
        Assert.Equal(expected.Length, output.Length);
        Assert.Equal(expected[..(5 * 320)], output[..(5 * 320)]);
        Assert.Equal(expected[(6 * 320 + 160)..(15 * 320)], output[(6 * 320 + 160)..(15 * 320)]);
        Assert.Contains(output[(5 * 320)..(6 * 320)], sample => sample != 0);
    }

    [Fact]
    public void Conceal_Zero_IsSilentWhereLost()
    {
        WavFile.Write(PathOf("in.wav"), Speechlike(8000, 0.5), 8000);
        File.WriteAllLines(PathOf("loss.txt"), Enumerable.Range(0, 25).Select(i => i == 4 ? "1" : "0"));

        ConcealVerb.Run([PathOf("in.wav"), PathOf("loss.txt"), PathOf("out.wav"), "--method", "zero"]);

        Assert.All(WavFile.Read(PathOf("out.wav")).Samples[(4 * 160)..(5 * 160)], sample => Assert.Equal(0, sample));
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    public void Extend_Speech_YieldsAlignedFullBand(int rateHz)
    {
        WavFile.Write(PathOf("in.wav"), Speechlike(rateHz, 1), rateHz);

        Assert.Equal(0, ExtendVerb.Run([PathOf("in.wav"), PathOf("out.wav"), "--method", "classical"]));

        WavAudio output = WavFile.Read(PathOf("out.wav"));
        Assert.Equal((48000, 48000), (output.SampleRateHz, output.Samples.Length));
    }

    [Fact]
    public void Extend_NeuralWithoutAModelFile_TakesTheBuiltInOneOrSaysThatThereIsNone()
    {
        WavFile.Write(PathOf("in.wav"), Speechlike(16000, 0.5), 16000);
        int Run() => ExtendVerb.Run([PathOf("in.wav"), PathOf("out.wav"), "--method", "neural"]);

        if (BandwidthExtensionModelSource.HasBuiltIn)
        {
            Assert.Equal(0, Run());
            Assert.Equal(24000, WavFile.Read(PathOf("out.wav")).Samples.Length);
        }
        else
        {
            Assert.StartsWith("there is no ", Assert.Throws<UsageException>(() => Run()).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(48000)]
    public void Conceal_UntrainedNetwork_PlaysTheClassicalConcealment(int rateHz)
    {
        WavFile.Write(PathOf("in.wav"), Speechlike(rateHz, 0.5), rateHz);
        File.WriteAllLines(PathOf("loss.txt"), Enumerable.Range(0, 25).Select(i => i is 15 or 16 ? "1" : "0"));
        string model = Path.Combine(Repository.Root, "tests", "Audio", "Concealment", "Models", "plain.onnx");

        Assert.Equal(0, ConcealVerb.Run([PathOf("in.wav"), PathOf("loss.txt"), PathOf("classical.wav"), "--method", "classical"]));
        Assert.Equal(0, ConcealVerb.Run([PathOf("in.wav"), PathOf("loss.txt"), PathOf("neural.wav"), "--method", "neural", "--model", model]));

        float[] expected = WavFile.Read(PathOf("classical.wav")).Samples;
        float[] found = WavFile.Read(PathOf("neural.wav")).Samples;
        int merge = 17 * rateHz / 50;
        Assert.All(found.Zip(expected).Take(merge), pair => Assert.InRange(pair.First - pair.Second, -1e-4f, 1e-4f));
        Assert.Equal(expected[(merge + (rateHz / 100))..], found[(merge + (rateHz / 100))..]);
    }

    [Fact]
    public void Conceal_NeuralWithoutAModelFile_TakesTheBuiltInOneOrSaysThatThereIsNone()
    {
        WavFile.Write(PathOf("in.wav"), new float[1600], 16000);
        File.WriteAllText(PathOf("loss.txt"), "0\n0\n0\n0\n0\n");
        int Run() => ConcealVerb.Run([PathOf("in.wav"), PathOf("loss.txt"), PathOf("out.wav"), "--method", "neural"]);

        if (ConcealmentModelSource.HasBuiltIn)
            Assert.Equal(0, Run());
        else
            Assert.StartsWith("there is no ", Assert.Throws<UsageException>(() => Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Conceal_NeuralAtAnotherRate_SaysWhichThereAre()
    {
        WavFile.Write(PathOf("in.wav"), new float[4410], 44100);
        File.WriteAllText(PathOf("loss.txt"), "0\n0\n0\n0\n0\n");

        string message = Assert.Throws<UsageException>(() => ConcealVerb.Run([PathOf("in.wav"), PathOf("loss.txt"), PathOf("out.wav"), "--method", "neural"])).Message;

        Assert.Contains("8, 16, 32 and 48 kHz", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Upscale_OtherScaleThanTheNetworks_SaysWhatToAdd()
    {
        string message = Assert.Throws<UsageException>(() => UpscaleVerb.Run([PathOf("in.y4m"), PathOf("out.y4m"), "--scale", "4"])).Message;

        Assert.Equal("--method neural does not enlarge 4 times; add --method easu for --scale 4.", message);
    }

    [Theory]
    [InlineData("neural")]
    [InlineData("neural-fast")]
    [InlineData("easu")]
    [InlineData("neural", 3)]
    [InlineData("neural", 1.5)]
    [InlineData("neural-fast", 1.5)]
    public void Upscale_Y4m_EnlargesWithoutFFmpeg(string method, double scale = 2)
    {
        byte[] frame = [.. "FRAME\n"u8, .. Enumerable.Repeat((byte)100, 6 * 4), .. Enumerable.Repeat((byte)128, 2 * 3 * 2)];
        File.WriteAllBytes(PathOf("in.y4m"), [.. "YUV4MPEG2 W6 H4 F25:1 Ip A1:1 C420jpeg\n"u8, .. frame, .. frame]);

        Assert.Equal(0, UpscaleVerb.Run([PathOf("in.y4m"), PathOf("out.y4m"), "--method", method, "--scale", scale.ToString(CultureInfo.InvariantCulture)]));

        byte[] output = File.ReadAllBytes(PathOf("out.y4m"));
        Assert.Contains($"W{6 * scale} H{4 * scale}", System.Text.Encoding.ASCII.GetString(output, 0, 40), StringComparison.Ordinal);
        int luma = (int)(6 * scale) * (int)(4 * scale);
        int chroma = (int)((6 * scale / 2) + 0.5) * (int)((4 * scale / 2) + 0.5);
        Assert.InRange(output[^(luma + (2 * chroma))], 98, 102);
    }

    [Fact]
    public void Files_CutOrMissing_AreNamed()
    {
        File.WriteAllText(PathOf("cut.wav"), "RIFF");
        File.WriteAllText(PathOf("loss.txt"), "0\nmaybe\n");

        Assert.Contains("cut.wav", Assert.Throws<MediaFormatException>(() => ExtendVerb.Run([PathOf("cut.wav"), PathOf("out.wav")])).Message, StringComparison.Ordinal);
        WavFile.Write(PathOf("in.wav"), new float[1600], 16000);
        Assert.Contains("loss.txt", Assert.Throws<MediaFormatException>(() => ConcealVerb.Run([PathOf("in.wav"), PathOf("loss.txt"), PathOf("out.wav")])).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string PathOf(string name) => Path.Combine(_directory, name);

    private static float[] Speechlike(int rateHz, double seconds)
        => [.. Enumerable.Range(0, (int)(rateHz * seconds)).Select(i => 0.3f * MathF.Sin(2 * MathF.PI * 140 * i / rateHz) + 0.15f * MathF.Sin(2 * MathF.PI * 980 * i / rateHz))];
}
