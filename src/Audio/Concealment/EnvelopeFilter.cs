using RtcEnhance.Inference;

namespace RtcEnhance.Audio;

/// <summary>
/// Gives a signal an envelope: every 5 ms a filter of zero phase, the sum of bands times their gains, each of which leads
/// into the next on a ramp. Flat, it lets the signal pass to the sample. Mirrors models/training/plc/model.py. One thread
/// at a time.
/// </summary>
internal sealed class EnvelopeFilter
{
    private const int Step = ConcealmentNetwork.StepLength;
    private const int Bands = ConcealmentNetwork.Gains;
    private const int Places = ConcealmentNetwork.Places;
    private const int Taps = 47;
    private const int SampleRateHz = 16000;
    private const int FftSize = 512;
    private const int StepsBetweenPlaces = 2;

    // 20 dB either way.
    private const float Farthest = 2.3f;

    private static readonly float[][] Kernels = Design();

    // Held here so that they are designed with the first filter, not within the first loss.
    private readonly float[][] _kernels = Kernels;
    private readonly float[] _places = new float[(1 + Places) * Bands];
    private readonly float[] _gains = new float[Bands];
    private readonly float[] _old = new float[Taps];
    private readonly float[] _new = new float[Taps];
    private readonly float[] _filtered = new float[Step];
    private int _step;

    /// <summary>Samples that a filter needs on either side of a place.</summary>
    internal const int Half = Taps / 2;

    /// <summary>Natural logarithms of the gains that the last step led to.</summary>
    internal ReadOnlySpan<float> Gains => _gains;

    /// <summary>Takes an envelope, from its flat beginning on.</summary>
    /// <param name="envelope">[places x bands], natural logarithms of gains, 10 ms apart.</param>
    internal void Begin(ReadOnlySpan<float> envelope)
    {
        for (int i = 0; i < envelope.Length; i++)
            _places[Bands + i] = Math.Clamp(envelope[i], -Farthest, Farthest);
        Array.Clear(_new);
        _new[Half] = 1;
        _step = 0;
    }

    /// <summary>Writes the next 5 ms; the last gains go on for ever.</summary>
    /// <param name="source">The signal, from <see cref="Half"/> samples before the step to as many after it.</param>
    /// <param name="output">One step.</param>
    internal void Apply(ReadOnlySpan<float> source, Span<float> output)
    {
        _new.CopyTo(_old, 0);
        _step++;
        int before = Math.Min(_step / StepsBetweenPlaces, Places);
        int after = Math.Min(before + 1, Places);
        float share = before == Places ? 0 : (float)(_step % StepsBetweenPlaces) / StepsBetweenPlaces;
        Array.Clear(_new);
        _new[Half] = 1;
        for (int band = 0; band < Bands; band++)
        {
            float from = _places[(before * Bands) + band];
            _gains[band] = from + (share * (_places[(after * Bands) + band] - from));
            float more = MathF.Exp(_gains[band]) - 1;
            for (int i = 0; i < Taps; i++)
                _new[i] += more * _kernels[band][i];
        }

        SlidingProduct.Apply(_old, source, output);
        SlidingProduct.Apply(_new, source, _filtered);
        for (int i = 0; i < Step; i++)
            output[i] += (i + 0.5f) / Step * (_filtered[i] - output[i]);
    }

    // Triangles between centres on the mel scale, which sum to 1, in so few taps that neighbours blur.
    private static float[][] Design()
    {
        double[] centres = MelScale.Spread(Bands, SampleRateHz / 2);
        var kernels = new float[Bands][];
        for (int band = 0; band < Bands; band++)
        {
            double low = centres[Math.Max(band - 1, 0)];
            double high = centres[Math.Min(band + 1, Bands - 1)];
            kernels[band] = new float[Taps];
            for (int i = 0; i < Taps; i++)
                kernels[band][i] = (float)(Window(i) * Response(i - Half, low, centres[band], high));
        }

        return kernels;
    }

    private static double Response(int place, double low, double centre, double high)
    {
        double sum = 0;
        for (int bin = 0; bin <= FftSize / 2; bin++)
        {
            double hz = (double)bin * SampleRateHz / FftSize;
            double height = Math.Max(0, hz < centre ? (hz - low) / (centre - low) : hz > centre ? (high - hz) / (high - centre) : 1);
            sum += (bin is 0 or FftSize / 2 ? 1 : 2) * height * Math.Cos(2 * Math.PI * bin * place / FftSize);
        }

        return sum / FftSize;
    }

    private static double Window(int tap) => 0.5 - (0.5 * Math.Cos(2 * Math.PI * (tap + 1) / (Taps + 1)));
}
