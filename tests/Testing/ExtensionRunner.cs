using RtcEnhance.Audio;

namespace RtcEnhance.Testing;

/// <summary>Runs a bandwidth-extension stage over a whole recording. Thread-safe.</summary>
public static class ExtensionRunner
{
    private const int OutputRateHz = 48000;

    /// <summary>Extends one channel to 48 kHz, aligned to the sample: the stage's delay is run out and trimmed.</summary>
    /// <param name="samples">One channel, [-1, 1].</param>
    /// <param name="inputRateHz">8000, 16000 or 48000 Hz, the stage's input rate.</param>
    /// <param name="stage">A fresh stage; every stage of one input rate has <see cref="PlainExtender"/>'s delay.</param>
    /// <returns>48000 / <paramref name="inputRateHz"/> times as many samples.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rate is another.</exception>
    public static float[] Extend(float[] samples, int inputRateHz, IStage<BandwidthExtensionJob> stage)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(stage);
        var delay = new PlainExtender(inputRateHz).DelaySamples;
        var (inputBlock, outputBlock) = (inputRateHz / 100, OutputRateHz / 100);
        var length = samples.Length * (OutputRateHz / inputRateHz);
        var blocks = (length + delay + outputBlock - 1) / outputBlock;
        var padded = new float[blocks * inputBlock];
        samples.CopyTo(padded, 0);
        var extended = new float[blocks * outputBlock];
        for (var block = 0; block < blocks; block++)
        {
            var job = new BandwidthExtensionJob
            {
                Input = padded.AsSpan(block * inputBlock, inputBlock),
                Output = extended.AsSpan(block * outputBlock, outputBlock),
            };
            stage.Process(ref job);
        }

        return extended.AsSpan(delay, length).ToArray();
    }
}
