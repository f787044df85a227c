using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Loopback.Report.Charts;

/// <summary>Short-time spectra of a track, scaled so that a full-scale sine has power 1. One thread at a time.</summary>
internal sealed class WindowedSpectrum
{
    private readonly AudioTrack _track;
    private readonly PowerSpectrum _spectrum;
    private readonly double[] _window;
    private readonly double[] _frame;
    private readonly double _scale;

    public WindowedSpectrum(AudioTrack track)
    {
        var length = track.Rate switch { >= 32000 => 1024, >= 16000 => 512, _ => 256 };
        _track = track;
        _spectrum = new PowerSpectrum(length);
        _frame = new double[length];
        _window = [.. Enumerable.Range(0, length).Select(i => 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / length)))];
        _scale = Math.Pow(2 / _window.Sum(), 2);
    }

    public int Bins => _spectrum.Bins;

    public double FrequencyHz(int bin) => (double)bin * _track.Rate / _spectrum.Length;

    /// <summary>Writes the power around a sample; zeros lie outside the track.</summary>
    public void Compute(int centre, Span<double> power)
    {
        var start = centre - (_frame.Length / 2);
        for (var i = 0; i < _frame.Length; i++)
            _frame[i] = (uint)(start + i) < (uint)_track.Samples.Length ? _track.Samples[start + i] * _window[i] : 0;
        _spectrum.Compute(_frame, power);
        for (var bin = 0; bin < Bins; bin++)
            power[bin] *= _scale;
    }

    /// <summary>Averages the bins of a frequency interval, at least the nearest one; 0 above the Nyquist frequency.</summary>
    public double Mean(ReadOnlySpan<double> power, double lowHz, double highHz)
    {
        var binHz = FrequencyHz(1);
        var first = (int)Math.Round(lowHz / binHz);
        var last = Math.Max(first + 1, (int)Math.Round(highHz / binHz));
        if (last > Bins)
            return 0;
        double sum = 0;
        for (var bin = first; bin < last; bin++)
            sum += power[bin];
        return sum / (last - first);
    }
}
