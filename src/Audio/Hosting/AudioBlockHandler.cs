namespace RtcEnhance.Audio;

/// <summary>
/// Takes a block that an <see cref="AudioPump"/> delivers, on the pump's thread. What it throws is reported, and the
/// pump goes on.
/// </summary>
/// <param name="block">Interleaved samples, [-1, 1]; valid until the handler returns.</param>
public delegate void AudioBlockHandler(ReadOnlySpan<float> block);
