namespace RtcEnhance.Video;

/// <summary>Where the twelve taps of a row of output samples lie; see <see cref="EasuKernel"/>. One thread at a time.</summary>
internal readonly ref struct EasuTaps
{
    /// <summary>The taps.</summary>
    /// <param name="upper">b; c follows one column later.</param>
    /// <param name="first">e; f, g and h follow.</param>
    /// <param name="second">i; j, k and l follow.</param>
    /// <param name="lower">n; o follows.</param>
    /// <param name="column">Elements from one tap to the next: 1 in a picture's row.</param>
    public EasuTaps(ref float upper, ref float first, ref float second, ref float lower, nint column)
    {
        Upper = ref upper;
        First = ref first;
        Second = ref second;
        Lower = ref lower;
        Column = column;
    }

    public readonly ref float Upper;

    public readonly ref float First;

    public readonly ref float Second;

    public readonly ref float Lower;

    public readonly nint Column;
}
