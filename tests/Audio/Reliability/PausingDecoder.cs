namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>G.711 with Opus's way of pausing: a payload of one byte says that the sender is silent from here on.</summary>
internal sealed class PausingDecoder : IAudioDecoder
{
    private const int PauseSamples = 160;

    private readonly G711Decoder _decoder = new(G711Law.MuLaw);

    public string Name => "pausing";

    public AudioFormat Format => _decoder.Format;

    public int RtpClockRateHz => _decoder.RtpClockRateHz;

    public int MaxSamplesPerPacket => _decoder.MaxSamplesPerPacket;

    public int GetSampleCount(ReadOnlySpan<byte> payload) => payload.Length == 1 ? PauseSamples : _decoder.GetSampleCount(payload);

    public bool IsDiscontinuous(ReadOnlySpan<byte> payload) => payload.Length == 1;

    public int Decode(ReadOnlySpan<byte> payload, Span<float> samples)
        => payload.Length == 1 ? Conceal(samples[..PauseSamples]) : _decoder.Decode(payload, samples);

    public int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples) => 0;

    public int Conceal(Span<float> samples)
    {
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (i % 2 * 0.002f) - 0.001f;
        return samples.Length;
    }

    public void Reset() => _decoder.Reset();

    public void Dispose() => _decoder.Dispose();
}
