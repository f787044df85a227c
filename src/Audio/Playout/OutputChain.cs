namespace RtcEnhance.Audio;

/// <summary>
/// From the decoder's format to the device's: channels are mixed first, then a mono stream is extended to 48 kHz where the
/// device can play more than it carries or may carry, then resampled. One thread at a time.
/// </summary>
internal sealed class OutputChain : IDisposable
{
    private const int ExtendedRateHz = 48000;

    private readonly int _inputChannels;
    private readonly int _channels;
    private readonly int _outputChannels;
    private readonly IStage<BandwidthExtensionJob>? _primary;
    private readonly SourcedExtender? _sourced;
    private readonly BudgetedStage<BandwidthExtensionJob>? _extension;
    private readonly PipelineObserver? _observer;
    private readonly Resampler _resampler;
    private readonly float[] _mixed;
    private readonly float[] _extended;
    private readonly float[] _resampled;
    private bool _hasToldModelFault;

    public OutputChain(AudioFormat input, AudioReceiverOptions options)
    {
        AudioFormat output = options.OutputFormat;
        _observer = options.Observer;
        _inputChannels = input.Channels;
        _outputChannels = output.Channels;
        _channels = Math.Min(input.Channels, output.Channels);
        _mixed = new float[input.SamplesPerBlock * _channels];

        int rateHz = input.SampleRateHz;
        // A codec of 48 kHz may carry a voice of 8 or 16 kHz.
        bool extends = options.ExtendBandwidth && _channels == 1 && rateHz is 8000 or 16000 or ExtendedRateHz
            && output.SampleRateHz > Math.Min(rateHz, 16000);
        if (extends)
        {
            _primary = StageFactory.Make(
                options.BandwidthExtensionFactory, rateHz, "bandwidth-extension", options.Observer, out ReasonCode absentReason);
            if (options.BandwidthExtensionFactory is null && options.BandwidthExtensionModel is { } source)
                _primary = _sourced = new SourcedExtender(source, rateHz);
            _extension = new BudgetedStage<BandwidthExtensionJob>(
                _primary,
                new SpectralExtender(rateHz),
                options.Enhancement.BandwidthExtension,
                options.Time,
                options.Observer,
                absentReason,
                "bandwidth-extension") { ObservesCheaply = _sourced is not null };
            rateHz = ExtendedRateHz;
        }

        _extended = new float[rateHz / 100 * _channels];
        _resampler = new Resampler(rateHz, output.SampleRateHz, _channels);
        _resampled = new float[output.SamplesPerBlock * _channels];
    }

    public StageStats ExtensionStats => _extension?.GetStats() ?? default;

    public void Process(ReadOnlySpan<float> block, bool isConcealed, Span<float> output, Deadline deadline)
    {
        ChannelMixer.Mix(block, _inputChannels, _mixed, _channels);
        if (_extension is null)
        {
            _mixed.CopyTo(_extended.AsSpan());
        }
        else
        {
            var job = new BandwidthExtensionJob { Input = _mixed, Output = _extended, IsConcealed = isConcealed };
            if (!_hasToldModelFault && _sourced?.Fault is { } fault)
            {
                _hasToldModelFault = true;
                _observer?.NotifyStageFaulted("bandwidth-extension", fault);
            }

            _extension.Process(ref job, deadline, _sourced?.Readiness ?? ReasonCode.Ok);
        }

        _resampler.Process(_extended, _resampled);
        ChannelMixer.Mix(_resampled, _channels, output, _outputChannels);
    }

    public void Reset()
    {
        _extension?.Reset();
        _resampler.Reset();
    }

    public void Dispose() => StageFactory.Dispose(_primary, "bandwidth-extension", _observer);
}
