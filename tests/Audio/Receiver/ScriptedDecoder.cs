namespace RtcEnhance.Audio.Tests.Receiver;

/// <summary>
/// 8 kHz: a payload's first byte is the level of its samples in hundredths, its length their number. Can be told to
/// misbehave, and to find the packet before in every payload.
/// </summary>
internal sealed class ScriptedDecoder : IAudioDecoder
{
    public Func<int, int> Count { get; init; } = count => count;

    public bool HasFec { get; init; }

    public float Add { get; init; }

    public int FecCalls { get; private set; }

    public int ConcealCalls { get; private set; }

    public int Disposals { get; private set; }

    public string Name => "scripted";

    public AudioFormat Format { get; } = new(8000);

    public int RtpClockRateHz { get; init; } = 8000;

    public int MaxSamplesPerPacket => 960;

    public int GetSampleCount(ReadOnlySpan<byte> payload) => payload.Length;

    public int Decode(ReadOnlySpan<byte> payload, Span<float> samples)
    {
        samples[..payload.Length].Fill((payload[0] / 100f) + Add);
        return Count(payload.Length);
    }

    public int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples)
    {
        FecCalls++;
        if (HasFec)
            samples.Fill((nextPayload[0] - 1) / 100f);
        return HasFec ? samples.Length : 0;
    }

    public int Conceal(Span<float> samples)
    {
        ConcealCalls++;
        return 0;
    }

    public void Reset()
    {
    }

    public void Dispose() => Disposals++;
}
