
namespace RtcEnhance.Audio.Tests.Concealment;

/// <summary>Signals and steps that the concealment tests share.</summary>
internal static class ConcealmentSignals
{
    /// <summary>A voice-like pulse train: harmonics of one pitch that fall by 1/k, the same in every channel.</summary>
    internal static float[] Voice(AudioFormat format, int blocks, double pitchHz, float level = 0.1f)
    {
        var samples = new float[format.BlockLength * blocks];
        for (int i = 0; i < samples.Length / format.Channels; i++)
        {
            double sum = 0;
            for (int k = 1; k * pitchHz < Math.Min(3500, format.SampleRateHz * 0.45); k++)
                sum += Math.Cos(2 * Math.PI * k * pitchHz * i / format.SampleRateHz + k * k) / k;
            for (int c = 0; c < format.Channels; c++)
                samples[i * format.Channels + c] = level * (float)sum;
        }
        return samples;
    }

    internal static float[] Noise(AudioFormat format, int blocks, float level)
    {
        var random = new Random(7);
        var samples = new float[format.BlockLength * blocks];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = level * ((float)random.NextDouble() * 2 - 1);
        return samples;
    }

    internal static void Observe(IStage<ConcealmentJob> concealer, Span<float> played, AudioFormat format)
    {
        for (int start = 0; start < played.Length; start += format.BlockLength)
        {
            var job = new ConcealmentJob { Output = played.Slice(start, format.BlockLength) };
            concealer.Observe(in job);
        }
    }

    internal static float[] Conceal(IStage<ConcealmentJob> concealer, AudioFormat format, int blocks)
    {
        var output = new float[format.BlockLength * blocks];
        for (int b = 0; b < blocks; b++)
        {
            var job = new ConcealmentJob { Output = output.AsSpan(b * format.BlockLength, format.BlockLength), IsConcealed = true };
            concealer.Process(ref job);
        }
        return output;
    }

    internal static float[] Merge(IStage<ConcealmentJob> concealer, ReadOnlySpan<float> received)
    {
        var output = new float[received.Length];
        var job = new ConcealmentJob { Output = output, Received = received };
        concealer.Process(ref job);
        return output;
    }

    internal static float Peak(ReadOnlySpan<float> samples)
    {
        float peak = 0;
        foreach (float sample in samples)
            peak = Math.Max(peak, Math.Abs(sample));
        return peak;
    }

    /// <summary>Largest step between neighbouring samples of one channel.</summary>
    internal static float LargestStep(ReadOnlySpan<float> samples, int channels)
    {
        float step = 0;
        for (int i = channels; i < samples.Length; i++)
            step = Math.Max(step, Math.Abs(samples[i] - samples[i - channels]));
        return step;
    }

    internal static double Power(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        foreach (float sample in samples)
            sum += (double)sample * sample;
        return sum / samples.Length;
    }

    internal static double SnrDb(ReadOnlySpan<float> truth, ReadOnlySpan<float> estimate)
    {
        var error = new float[truth.Length];
        for (int i = 0; i < error.Length; i++)
            error[i] = estimate[i] - truth[i];
        return 10 * Math.Log10(Power(truth) / Power(error));
    }
}
