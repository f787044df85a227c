namespace RtcEnhance.Audio;

/// <summary>Decoded samples that are not played yet, interleaved. One thread at a time.</summary>
internal sealed class SyncBuffer(int capacity)
{
    private readonly float[] _samples = new float[capacity];

    /// <summary>Interleaved samples waiting.</summary>
    public int Length { get; private set; }

    public void Append(ReadOnlySpan<float> samples)
    {
        samples.CopyTo(_samples.AsSpan(Length));
        Length += samples.Length;
    }

    /// <summary>Takes the oldest samples; there must be as many.</summary>
    public void Take(Span<float> destination)
    {
        _samples.AsSpan(0, destination.Length).CopyTo(destination);
        Length -= destination.Length;
        _samples.AsSpan(destination.Length, Length).CopyTo(_samples);
    }

    public void Clear() => Length = 0;
}
