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

    // For the classifier: 125 to 3250 Hz, two spectra of 40 ms that lie 80 ms apart, bands up to 3 kHz over 40 ms.
    private const int FirstBin = 4;
    private const int Bins = 100;
    private const int EarlyFrame = 3;
    private const int LateFrame = 11;
    private const int FramesOfSpectrum = 3;
    private const int ChangeBands = 20;
    private const int ChangeFrames = 4;
    private const float BinFloor = 1e-4f;

    private readonly Fft _fft = new(FftSize);
    private readonly float[] _window = new float[FrameLength];
    private readonly float[] _frame = new float[FftSize];
    private readonly float[] _real;
    private readonly float[] _imaginary;
    private readonly float[] _values = new float[ConcealmentNetwork.Frames * ConcealmentNetwork.Bands];
    private readonly float[][] _bands = new float[ConcealmentNetwork.Bands][];
    private readonly int[] _firstBins = new int[ConcealmentNetwork.Bands];
    private readonly float[] _mean = new float[Bins];
    private readonly float[] _early = new float[Bins];
    private readonly float[] _late = new float[Bins];

    internal PastFeatures()
    {
        _real = new float[_fft.Bins];
        _imaginary = new float[_fft.Bins];
        for (int i = 0; i < FrameLength; i++)
            _window[i] = (float)(0.5 - (0.5 * Math.Cos(2 * Math.PI * i / FrameLength)));
        double[] edges = MelScale.Spread(ConcealmentNetwork.Bands + 2, SampleRateHz / 2);
        for (int band = 0; band < _bands.Length; band++)
            FitBand(band, edges[band], edges[band + 1], edges[band + 2]);
    }

    /// <summary>Samples of the past that are seen.</summary>
    internal const int PastLength = (Hop * (ConcealmentNetwork.Frames - 1)) + FrameLength;

    /// <summary>Ten's logarithm of the geometric over the arithmetic mean of the spectrum: 0 of white noise, -8 of a tone.</summary>
    internal float Flatness { get; private set; }

    /// <summary>How alike the fine spectrum is after 80 ms, -1 to 1.</summary>
    internal float Persistence { get; private set; }

    /// <summary>How much the bands change in 40 ms, in the features' unit.</summary>
    internal float Change { get; private set; }

    /// <summary>Measures the end of a past.</summary>
    /// <param name="past">At least <see cref="PastLength"/> samples, oldest first.</param>
    /// <param name="level">The level that the samples are divided by, above 0.</param>
    /// <returns>[frames x bands], valid until the next call.</returns>
    internal ReadOnlySpan<float> Measure(ReadOnlySpan<float> past, float level)
    {
        past = past[^PastLength..];
        float gain = 1 / level;
        _mean.AsSpan().Clear();
        _early.AsSpan().Clear();
        _late.AsSpan().Clear();
        for (int frame = 0; frame < ConcealmentNetwork.Frames; frame++)
        {
            ReadOnlySpan<float> samples = past.Slice(frame * Hop, FrameLength);
            for (int i = 0; i < FrameLength; i++)
                _frame[i] = samples[i] * gain * _window[i];
            _fft.Forward(_frame, _real, _imaginary);
            for (int k = 0; k < _real.Length; k++)
                _real[k] = (_real[k] * _real[k]) + (_imaginary[k] * _imaginary[k]);
            Note(frame);
            for (int band = 0; band < _bands.Length; band++)
            {
                float power = InnerProduct.Sum(_bands[band], _real.AsSpan(_firstBins[band]));
                _values[(frame * _bands.Length) + band] = Scale * MathF.Log10((power / FrameLength) + Floor);
            }
        }

        Flatness = MeasureFlatness();
        Persistence = Likeness(_early, _late);
        Change = MeasureChange();
        return _values;
    }

    // Adds a frame's spectrum, which lies in _real, to those that the classifier wants.
    private void Note(int frame)
    {
        ReadOnlySpan<float> power = _real.AsSpan(FirstBin, Bins);
        for (int k = 0; k < Bins; k++)
            _mean[k] += power[k];
        float[]? logarithms = frame is >= EarlyFrame and < EarlyFrame + FramesOfSpectrum ? _early
            : frame is >= LateFrame and < LateFrame + FramesOfSpectrum ? _late : null;
        if (logarithms is null)
            return;
        for (int k = 0; k < Bins; k++)
            logarithms[k] += MathF.Log(power[k] + BinFloor);
    }

    private float MeasureFlatness()
    {
        float logarithms = 0;
        float sum = 0;
        foreach (float power in _mean)
        {
            logarithms += MathF.Log10((power / ConcealmentNetwork.Frames) + 1e-9f);
            sum += power / ConcealmentNetwork.Frames;
        }

        return (logarithms / Bins) - MathF.Log10((sum / Bins) + 1e-9f);
    }

    private float MeasureChange()
    {
        float sum = 0;
        for (int frame = ChangeFrames; frame < ConcealmentNetwork.Frames; frame++)
        {
            for (int band = 0; band < ChangeBands; band++)
                sum += Math.Abs(_values[(frame * ConcealmentNetwork.Bands) + band] - _values[((frame - ChangeFrames) * ConcealmentNetwork.Bands) + band]);
        }

        return sum / ((ConcealmentNetwork.Frames - ChangeFrames) * ChangeBands);
    }

    private static float Likeness(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        (float meanA, float meanB) = (0, 0);
        for (int k = 0; k < a.Length; k++)
            (meanA, meanB) = (meanA + (a[k] / a.Length), meanB + (b[k] / b.Length));
        (float cross, float energyA, float energyB) = (0, 0, 0);
        for (int k = 0; k < a.Length; k++)
        {
            (float x, float y) = (a[k] - meanA, b[k] - meanB);
            (cross, energyA, energyB) = (cross + (x * y), energyA + (x * x), energyB + (y * y));
        }

        return cross / MathF.Sqrt((energyA * energyB) + 1e-12f);
    }

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
