namespace RtcEnhance.Audio;

/// <summary>
/// The fallback of bandwidth extension: resamples to 48 kHz with the same delay as <see cref="SpectralExtender"/> and
/// adds nothing. After another stage's block that stage's upper band fades out over 5 ms. One thread at a time.
/// </summary>
public sealed class PlainExtender : IStage<BandwidthExtensionJob>
{
    private readonly DelayedUpsampler _upsampler;
    private readonly OutputHandOver _handOver = new();

    /// <summary>A stage for one channel.</summary>
    /// <param name="inputRateHz">8000, 16000 or 48000 Hz.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another rate.</exception>
    public PlainExtender(int inputRateHz) => _upsampler = new DelayedUpsampler(ExtensionSource.CheckRate(inputRateHz), ExtensionSource.FilterDelaySamples);

    /// <inheritdoc/>
    public string Name => "plain";

    /// <summary>How much later the output is, in samples at 48 kHz.</summary>
    public int DelaySamples => _upsampler.DelaySamples;

    /// <inheritdoc/>
    public void Process(scoped ref BandwidthExtensionJob job)
    {
        ExtensionSource.CheckJob(job, _upsampler.InputSamples);
        _upsampler.Push(job.Input);
        _upsampler.Delayed.CopyTo(job.Output);
        if (_handOver.IsPending)
            _handOver.LeadOut(job.Output);
    }

    /// <inheritdoc/>
    public void Observe(scoped in BandwidthExtensionJob job)
    {
        ExtensionSource.CheckJob(job, _upsampler.InputSamples);
        _upsampler.Push(job.Input);
        _handOver.Observe(job.Output, _upsampler.Delayed);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _upsampler.Reset();
        _handOver.Reset();
    }
}
