using RtcEnhance.Audio;

namespace RtcEnhance.Softphone;

/// <summary>
/// Pulls both paths and yields one of them: the other one is heard at once when the switch is thrown. Both can be recorded.
/// Pulled by one thread, switched by any.
/// </summary>
internal sealed class ListeningSwitch : IAudioSource, IDisposable
{
    // As much as an hour's recording is written from, not one pull.
    private const int MostSamples = 48000;

    private readonly IAudioSource _enhanced;
    private readonly IAudioSource _plain;
    private readonly WavWriter? _heardFile;
    private readonly WavWriter? _plainFile;
    private readonly float[] _plainSamples = new float[MostSamples];
    private readonly Lock _lock = new();
    private bool _isDisposed;
    private float _share;

    public ListeningSwitch(IAudioSource enhanced, IAudioSource plain, PhoneOptions options)
    {
        _enhanced = enhanced;
        _plain = plain;
        IsEnhanced = !options.IsPlain;
        _share = IsEnhanced ? 1 : 0;
        if (options.RecordPath is { } heard)
            _heardFile = new WavWriter(heard, OutputFormat.SampleRateHz);
        if (options.RecordPlainPath is { } plainPath)
            _plainFile = new WavWriter(plainPath, OutputFormat.SampleRateHz);
    }

    public AudioFormat OutputFormat => _enhanced.OutputFormat;

    public bool IsEnhanced { get; set; }

    public void GetAudio(Span<float> samples)
    {
        Span<float> plain = _plainSamples.AsSpan(0, samples.Length);
        _enhanced.GetAudio(samples);
        _plain.GetAudio(plain);
        lock (_lock)
        {
            if (!_isDisposed)
                _plainFile?.Write(plain);
            CrossFade(plain, samples);
            if (!_isDisposed)
                _heardFile?.Write(samples);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _heardFile?.Dispose();
            _plainFile?.Dispose();
        }
    }

    private void CrossFade(ReadOnlySpan<float> plain, Span<float> samples)
    {
        float end = IsEnhanced ? 1 : 0;
        float step = (end - _share) / samples.Length;
        for (int i = 0; i < samples.Length; i++)
        {
            _share += step;
            samples[i] = plain[i] + (_share * (samples[i] - plain[i]));
        }

        _share = end;
    }
}
