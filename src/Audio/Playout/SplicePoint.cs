namespace RtcEnhance.Audio;

/// <summary>Two segments that a splice fades from one into the other. Thread-safe: a value.</summary>
/// <param name="Lag">Frames from one to the other; 0 where no lag fits.</param>
/// <param name="Likeness">
/// How alike they are, 32768 for equal, about 0 for unrelated: one less the energy of their difference over the sum of
/// their energies, which unlike a correlation coefficient also falls where they are unequally loud.
/// </param>
internal readonly record struct SplicePoint(int Lag, int Likeness)
{
    public const int Equal = 32768;
}
