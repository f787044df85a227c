using System.Diagnostics;
using RtcEnhance.Audio;

namespace RtcEnhance.Benchmarks.Receivers;

/// <summary>A decoder that adds up the time spent in it. One thread at a time.</summary>
internal sealed class TimedDecoder(IAudioDecoder inner) : IAudioDecoder
{
    /// <summary>Stopwatch ticks since the last <see cref="TakeTicks"/>.</summary>
    private long _ticks;

    public string Name => inner.Name;

    public AudioFormat Format => inner.Format;

    public int RtpClockRateHz => inner.RtpClockRateHz;

    public int MaxSamplesPerPacket => inner.MaxSamplesPerPacket;

    public long TakeTicks()
    {
        long ticks = _ticks;
        _ticks = 0;
        return ticks;
    }

    public int GetSampleCount(ReadOnlySpan<byte> payload) => inner.GetSampleCount(payload);

    public bool IsDiscontinuous(ReadOnlySpan<byte> payload) => inner.IsDiscontinuous(payload);

    public int Decode(ReadOnlySpan<byte> payload, Span<float> samples)
    {
        long start = Stopwatch.GetTimestamp();
        int count = inner.Decode(payload, samples);
        _ticks += Stopwatch.GetTimestamp() - start;
        return count;
    }

    public int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples)
    {
        long start = Stopwatch.GetTimestamp();
        int count = inner.DecodeFec(nextPayload, samples);
        _ticks += Stopwatch.GetTimestamp() - start;
        return count;
    }

    public int Conceal(Span<float> samples)
    {
        long start = Stopwatch.GetTimestamp();
        int count = inner.Conceal(samples);
        _ticks += Stopwatch.GetTimestamp() - start;
        return count;
    }

    public void Reset() => inner.Reset();

    public void Dispose() => inner.Dispose();
}
