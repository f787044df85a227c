using RtcEnhance.Audio;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>
/// An outside program over a 16 kHz recording, run with three more arguments, IN.wav LOSS.txt OUT.wav, as <c>rtc conceal</c>
/// is; what stands between spaces is one argument. Its output may be shorter or longer than the input. Thread-safe.
/// </summary>
internal sealed class PeerMethod(string name, string command) : PlcMethod(name)
{
    public override float[] Conceal(PlcClip clip, bool[] lost, string scratch)
    {
        string input = Path.Combine(scratch, "peer-in.wav");
        string loss = Path.Combine(scratch, "peer-loss.txt");
        string output = Path.Combine(scratch, "peer-out.wav");
        WavFile.Write(input, clip.Samples, PlcBenchmark.RateHz);
        File.WriteAllLines(loss, lost.Select(isLost => isLost ? "1" : "0"));
        ExternalCommand.RunPeer(command, input, loss, output);
        return ClipFile.Read(output, PlcBenchmark.RateHz);
    }
}
