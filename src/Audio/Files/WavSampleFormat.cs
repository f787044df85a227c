namespace RtcEnhance.Audio;

/// <summary>How a WAV file is to hold its samples. Thread-safe.</summary>
public enum WavSampleFormat
{
    /// <summary>16-bit integers: rounded to the nearest, clipped at full scale.</summary>
    Pcm16,

    /// <summary>32-bit IEEE floats, unchanged.</summary>
    IeeeFloat,
}
