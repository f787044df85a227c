namespace RtcEnhance.Testing;

/// <summary>
/// Describes background noise as comfort-noise payloads: its level and, by linear prediction, its spectrum, RFC 3389.
/// Thread-safe.
/// </summary>
public sealed class ComfortNoiseEncoder
{
    private const int MaxOrder = 32;
    private const int QuietestDbov = -127;

    private readonly int _order;

    /// <summary>An encoder.</summary>
    /// <param name="order">Reflection coefficients of the all-pole model: 0 (level alone) to 32.</param>
    /// <exception cref="ArgumentOutOfRangeException">The order is outside its range.</exception>
    public ComfortNoiseEncoder(int order = 8)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(order);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, MaxOrder);
        _order = order;
    }

    /// <summary>Describes one passage of noise.</summary>
    /// <param name="samples">
    /// One channel in [-1, 1], at the rate at which the noise is to be made; longer than the order, 20 ms or more give a
    /// steady description.
    /// </param>
    /// <returns>
    /// 1 + order bytes: -dBov of the mean square, to which 1 is 0 dBov, and the reflection coefficients k from the first
    /// on, in which k[1] is -r[1] / r[0] of the autocorrelation r, as 127 + k x 32768 / 258.
    /// </returns>
    /// <exception cref="ArgumentException">There are not more samples than coefficients.</exception>
    public byte[] Encode(ReadOnlySpan<float> samples)
    {
        if (samples.Length <= _order)
            throw new ArgumentException($"{samples.Length} samples do not give {_order} coefficients.", nameof(samples));

        double[] correlation = Autocorrelate(samples, out double meanSquare);
        double dbov = Math.Max(QuietestDbov, 10 * Math.Log10(meanSquare));
        byte[] payload = new byte[1 + _order];
        payload[0] = (byte)Math.Round(-Math.Min(0, dbov));
        double[] predictor = new double[_order + 1];
        predictor[0] = 1;
        double error = correlation[0];
        for (int i = 1; i <= _order; i++)
        {
            double sum = 0;
            for (int j = 0; j < i; j++)
                sum += predictor[j] * correlation[i - j];
            double reflection = error > 0 ? Math.Clamp(-sum / error, -1, 1) : 0;
            double[] before = [.. predictor];
            for (int j = 1; j <= i; j++)
                predictor[j] = before[j] + (reflection * before[i - j]);
            error *= 1 - (reflection * reflection);
            payload[i] = (byte)Math.Clamp(Math.Round(127 + (reflection * 32768 / 258)), 0, 254);
        }

        return payload;
    }

    /// <summary>Under a sine window, so that the passage's ends do not blur the spectrum.</summary>
    private double[] Autocorrelate(ReadOnlySpan<float> samples, out double meanSquare)
    {
        double[] windowed = new double[samples.Length];
        double energy = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            windowed[i] = samples[i] * Math.Sin(Math.PI * (i + 0.5) / samples.Length);
            energy += (double)samples[i] * samples[i];
        }

        double[] correlation = new double[_order + 1];
        for (int lag = 0; lag <= _order; lag++)
        {
            for (int i = lag; i < windowed.Length; i++)
                correlation[lag] += windowed[i] * windowed[i - lag];
        }

        meanSquare = energy / samples.Length;
        return correlation;
    }
}
