namespace RtcEnhance.Audio;

/// <summary>
/// One 10 ms block to be carried from the codec's rate to 48 kHz, its missing upper band filled in. Never stored.
/// </summary>
public ref struct BandwidthExtensionJob
{
    /// <summary>One channel at the stage's input rate of 8, 16 or 48 kHz, 10 ms, [-1, 1].</summary>
    public ReadOnlySpan<float> Input { get; set; }

    /// <summary>The same 10 ms at 48 kHz, later by the stage's delay: 480 samples.</summary>
    public Span<float> Output { get; set; }

    /// <summary>True where the input, or part of it, was concealed and not received.</summary>
    public bool IsConcealed { get; set; }
}
