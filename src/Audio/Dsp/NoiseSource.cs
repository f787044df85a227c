namespace RtcEnhance.Audio;

/// <summary>White noise of unit variance from a fixed seed, so that a replay repeats. Mutable: hold it in a field.</summary>
internal struct NoiseSource
{
    // Uniform noise on [-1, 1) has a variance of 1/3.
    private const float Scale = 1.7320508f / 2147483648f;

    private uint _state = 12345;

    /// <summary>A source at the start of its sequence.</summary>
    public NoiseSource()
    {
    }

    /// <summary>Writes the next values of the sequence.</summary>
    internal void Fill(Span<float> output)
    {
        uint state = _state;
        for (int i = 0; i < output.Length; i++)
        {
            state = state * 1664525u + 1013904223u;
            output[i] = (int)state * Scale;
        }
        _state = state;
    }
}
