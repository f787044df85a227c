using RtcEnhance.Audio;
using RtcEnhance.Loopback;
using RtcEnhance.Testing;

namespace RtcEnhance.Rtc;

/// <summary>`rtc extend`: bandwidth extension of a sound file.</summary>
internal static class ExtendVerb
{
    private const string Usage = """
        rtc extend IN.wav OUT.wav --method classical|neural

        IN is mono at 8 or 16 kHz; OUT is the same at 48 kHz, aligned to the sample.
        """;

    public static int Run(string[] args)
    {
        var command = FileCommand.Parse(args, Usage, files: 2, "--method");
        if (command is null)
            return 0;
        if (command.Method("classical", "neural") == "neural")
            throw FileCommand.NoModel("bandwidth extension", "classical");
        WavAudio input = WavFile.Read(command.Files[0]);
        if (input.Channels != 1 || input.SampleRateHz is not (8000 or 16000))
            throw new UsageException($"{command.Files[0]} has {input.Channels} channels at {input.SampleRateHz} Hz; extend takes mono at 8000 or 16000 Hz.");
        float[] output = ExtensionRunner.Extend(input.Samples, input.SampleRateHz, new SpectralExtender(input.SampleRateHz));
        WavFile.Write(command.Files[1], output, 48000, 1);
        return 0;
    }
}
