using RtcEnhance.Audio;
using RtcEnhance.Loopback;
using RtcEnhance.Testing;

namespace RtcEnhance.Rtc;

/// <summary>`rtc extend`: bandwidth extension of a sound file.</summary>
internal static class ExtendVerb
{
    private const string Usage = """
        rtc extend IN.wav OUT.wav --method classical|neural [--model FILE]

        IN is mono at 8, 16 or 48 kHz; OUT is the same at 48 kHz, aligned to the sample. Of a file at 48 kHz the band that it
        ends at is found first: a full one stays as it is.
        """;

    public static int Run(string[] args)
    {
        var command = FileCommand.Parse(args, Usage, files: 2, "--method", "--model");
        if (command is null)
            return 0;
        WavAudio input = WavFile.Read(command.Files[0]);
        if (input.Channels != 1 || input.SampleRateHz is not (8000 or 16000 or 48000))
            throw new UsageException($"{command.Files[0]} has {input.Channels} channels at {input.SampleRateHz} Hz; extend takes mono at 8000, 16000 or 48000 Hz.");
        IStage<BandwidthExtensionJob> stage = command.Method("classical", "neural") == "neural"
            ? new NeuralExtender(Model(command), input.SampleRateHz)
            : new SpectralExtender(input.SampleRateHz);
        WavFile.Write(command.Files[1], ExtensionRunner.Extend(input.Samples, input.SampleRateHz, stage), 48000, 1);
        return 0;
    }

    private static BandwidthExtensionModel Model(FileCommand command)
    {
        if (command.Text("--model") is { } path)
            return BandwidthExtensionModel.Load(File.ReadAllBytes(path), path);
        return BandwidthExtensionModelSource.HasBuiltIn
            ? BandwidthExtensionModelSource.BuiltIn.Load()
            : throw FileCommand.NoModel("bandwidth extension", "classical, or name a file with --model");
    }
}
