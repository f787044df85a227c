using System.Diagnostics;
using System.Globalization;
using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>One way from 8 or 16 kHz to 48 kHz: a stage, or an outside command. One thread at a time.</summary>
internal sealed class BweMethod
{
    private const int Passes = 3;

    private readonly Func<int, IStage<BandwidthExtensionJob>>? _create;
    private readonly string? _command;
    private readonly string _scratch;

    private BweMethod(string name, Func<int, IStage<BandwidthExtensionJob>>? create, string? command, string scratch)
    {
        Name = name;
        _create = create;
        _command = command;
        _scratch = scratch;
    }

    /// <summary>How tables name it.</summary>
    public string Name { get; }

    /// <summary>True of an outside command, which extends from 16 kHz.</summary>
    public bool IsPeer => _command is not null;

    /// <summary>A stage made anew for every clip.</summary>
    public static BweMethod Of(string name, Func<int, IStage<BandwidthExtensionJob>> create) => new(name, create, null, "");

    /// <summary>A command run as COMMAND IN.wav OUT.wav. A line "us/10 ms MEAN P99" that it writes is taken as its time.</summary>
    public static BweMethod Of(BenchPeer peer, string scratch) => new(peer.Name, null, peer.Command, scratch);

    /// <summary>Extends one channel, aligned to the sample.</summary>
    public float[] Extend(float[] input, int rateHz)
    {
        if (_create is not null)
            return ExtensionRunner.Extend(input, rateHz, _create(rateHz));
        float[] output = RunCommand(input, rateHz).Output;
        Array.Resize(ref output, input.Length * (48000 / rateHz));
        return output;
    }

    /// <summary>
    /// Mean and 99th percentile of the time of a block over all clips, microseconds, each block at its fastest of a few passes;
    /// null where unknown.
    /// </summary>
    public (double Mean, double P99)? Time(IReadOnlyList<float[]> inputs, int rateHz)
    {
        if (_create is null)
            return RunCommand([.. inputs.SelectMany(input => input)], rateHz).Time;
        long[] fastest = [];
        for (int pass = 0; pass < Passes; pass++)
        {
            long[] ticks = [.. inputs.SelectMany(input => TimeBlocks(input, rateHz))];
            fastest = pass == 0 ? ticks : [.. fastest.Zip(ticks, Math.Min)];
        }

        Array.Sort(fastest);
        double scale = 1e6 / Stopwatch.Frequency;
        return (fastest.Average() * scale, fastest[(int)(fastest.Length * 0.99)] * scale);
    }

    private IReadOnlyList<long> TimeBlocks(float[] input, int rateHz)
    {
        var stage = new TimedExtender(_create!(rateHz));
        ExtensionRunner.Extend(input, rateHz, stage);
        return stage.Blocks;
    }

    private (float[] Output, (double, double)? Time) RunCommand(float[] input, int rateHz)
    {
        string inputPath = Path.Combine(_scratch, "in.wav");
        string outputPath = Path.Combine(_scratch, "out.wav");
        WavFile.Write(inputPath, input, rateHz);
        string[] words = ExternalCommand.RunPeer(_command!, inputPath, outputPath).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        int at = Array.IndexOf(words, "us/10");
        (double, double)? time = at >= 0 && words.Length > at + 3
            ? (double.Parse(words[at + 2], CultureInfo.InvariantCulture), double.Parse(words[at + 3], CultureInfo.InvariantCulture))
            : null;
        return (ClipFile.Read(outputPath, 48000), time);
    }
}
