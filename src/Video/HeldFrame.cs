namespace RtcEnhance.Video;

/// <summary>A frame that waits for its sound, or behind one that does. Thread-safe: immutable.</summary>
/// <param name="Pending">The frame, as it was submitted.</param>
/// <param name="IsTimed">True where the sound of its instant is known.</param>
/// <param name="CaptureTicks">Its instant, see <see cref="LipSync.GetDueTicks"/>.</param>
internal readonly record struct HeldFrame(PendingFrame Pending, bool IsTimed, long CaptureTicks);
