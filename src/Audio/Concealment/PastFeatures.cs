using RtcEnhance.Inference;

namespace RtcEnhance.Audio;

/// <summary>
/// What a concealment network knows of the past: levels of mel bands in 15 windows of 20 ms, 10 ms apart. Mirrors
/// models/training/plc/model.py. One thread at a time.
/// </summary>
internal sealed class PastFeatures
{
    private const int SampleRateHz = 16000;
    private const int FrameLength = 320;
    private const int Hop = 160;
    private const int FftSize = 512;
    private const float Floor = 1e-5f;
    private const float Scale = 1f / 3;

    private readonly Fft _fft = new(FftSize);
    private readonly float[] _window = new float[FrameLength];
    private readonly float[] _frame = new float[FftSize];
    private readonly float[] _real;
    private readonly float[] _imaginary;
    private readonly float[] _values = new float[ConcealmentNetwork.Frames * ConcealmentNetwork.Bands];
    private readonly float[][] _bands = new float[ConcealmentNetwork.Bands][];
    private readonly int[] _firstBins = new int[ConcealmentNetwork.Bands];

    internal PastFeatures()
    {
        _real = new float[_fft.Bins];
        _imaginary = new float[_fft.Bins];
        for (int i = 0; i < FrameLength; i++)
            _window[i] = (float)(0.5 - (0.5 * Math.Cos(2 * Math.PI * i / FrameLength)));
        var edges = new double[ConcealmentNetwork.Bands + 2];
        double top = Mel(SampleRateHz / 2);
        for (int i = 0; i < edges.Length; i++)
            edges[i] = 700 * (Math.Pow(10, top * i / (edges.Length - 1) / 2595) - 1);
        for (int band = 0; band < _bands.Length; band++)
            FitBand(band, edges[band], edges[band + 1], edges[band + 2]);
    }

    /// <summary>Samples of the past that are seen.</summary>
    internal const int PastLength = (Hop * (ConcealmentNetwork.Frames - 1)) + FrameLength;

    /// <summary>Measures the end of a past.</summary>
    /// <param name="past">At least <see cref="PastLength"/> samples, oldest first.</param>
    /// <param name="level">The level that the samples are divided by, above 0.</param>
    /// <returns>[frames x bands], valid until the next call.</returns>
    internal ReadOnlySpan<float> Measure(ReadOnlySpan<float> past, float level)
    {
        past = past[^PastLength..];
        float gain = 1 / level;
        for (int frame = 0; frame < ConcealmentNetwork.Frames; frame++)
        {
            ReadOnlySpan<float> samples = past.Slice(frame * Hop, FrameLength);
            for (int i = 0; i < FrameLength; i++)
                _frame[i] = samples[i] * gain * _window[i];
            _fft.Forward(_frame, _real, _imaginary);
            for (int k = 0; k < _real.Length; k++)
                _real[k] = (_real[k] * _real[k]) + (_imaginary[k] * _imaginary[k]);
            for (int band = 0; band < _bands.Length; band++)
            {
                float power = InnerProduct.Sum(_bands[band], _real.AsSpan(_firstBins[band]));
                _values[(frame * _bands.Length) + band] = Scale * MathF.Log10((power / FrameLength) + Floor);
            }
        }

        return _values;
    }

    private static double Mel(double hz) => 2595 * Math.Log10(1 + (hz / 700));

    // A triangle of unit height.
    private void FitBand(int band, double low, double centre, double high)
    {
        const double BinHz = (double)SampleRateHz / FftSize;
        int first = (int)Math.Ceiling(low / BinHz);
        int last = Math.Min((int)Math.Floor(high / BinHz), _fft.Bins - 1);
        var weights = new float[last - first + 1];
        for (int i = 0; i < weights.Length; i++)
        {
            double hz = (first + i) * BinHz;
            weights[i] = (float)Math.Max(0, Math.Min((hz - low) / (centre - low), (high - hz) / (high - centre)));
        }

        _bands[band] = weights;
        _firstBins[band] = first;
    }
}
