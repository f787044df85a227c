using RtcEnhance.Audio;
using RtcEnhance.Loopback;
using RtcEnhance.Testing;

namespace RtcEnhance.Rtc;

/// <summary>`rtc conceal`: what the receiver's concealment makes of a sound file with lost packets.</summary>
internal static class ConcealVerb
{
    private const string Usage = """
        rtc conceal IN.wav LOSS.txt OUT.wav --method classical|zero|neural [--packet-ms 20] [--model FILE]

        LOSS has one 0 or 1 per packet; 1 is lost. OUT has the length of IN, aligned to the sample. Samples inside lost
        packets are never read, and outside 10 ms after a loss OUT equals IN.
        neural runs at 8, 16, 32 and 48 kHz; without --model it takes the network that comes with this build.
        """;

    public static int Run(string[] args)
    {
        var command = FileCommand.Parse(args, Usage, files: 3, "--method", "--packet-ms", "--model");
        if (command is null)
            return 0;
        int packetMs = command.Integer("--packet-ms", 20, 10, 120);
        WavAudio input = WavFile.Read(command.Files[0]);
        LossTrace trace = LossTrace.Load(command.Files[1], TimeSpan.FromMilliseconds(packetMs));
        bool[] lost = [.. Enumerable.Range(0, trace.Count).Select(packet => trace[packet])];
        var format = new AudioFormat(input.SampleRateHz, input.Channels);
        IStage<ConcealmentJob> stage = command.Method("classical", "zero", "neural") switch
        {
            "zero" => new ZeroConcealer(),
            "neural" => Neural(command, format),
            _ => new PitchConcealer(format),
        };
        float[] output = ConcealmentRunner.Conceal(input.Samples, format, lost, packetMs, stage);
        WavFile.Write(command.Files[2], output, input.SampleRateHz, input.Channels);
        return 0;
    }

    private static NeuralConcealer Neural(FileCommand command, AudioFormat format)
    {
        if (!NeuralConcealer.Serves(format.SampleRateHz))
            throw new UsageException($"the network serves 8, 16, 32 and 48 kHz, the file has {format.SampleRateHz} Hz.");
        if (command.Text("--model") is { } path)
            return new NeuralConcealer(ConcealmentModel.Load(File.ReadAllBytes(path), path), format);
        return ConcealmentModelSource.HasBuiltIn
            ? new NeuralConcealer(ConcealmentModelSource.BuiltIn.Load(), format)
            : throw FileCommand.NoModel("concealment", "classical, or name a file with --model");
    }
}
