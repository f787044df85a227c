namespace RtcEnhance.Video;

/// <summary>
/// Tells, from the bits that its pictures took, whether a stream is coded so finely that hardly anything of the codec is to
/// be seen. One thread at a time.
/// </summary>
internal sealed class CodingEffort
{
    // Bits a pixel at which the weights for clean pictures become the better ones (models/training/sr/by_bitrate.py).
    private const double Enter = 0.6;
    private const double Leave = 0.45;

    // A key frame among the others counts little: about a quarter of a second is looked at.
    private const double Smoothing = 0.125;

    private double _bitsPerPixel;
    private bool _isNearlyLossless;

    /// <summary>Takes note of a picture.</summary>
    /// <param name="picture">A decoded picture.</param>
    /// <returns>False also where the size of its access unit is not known.</returns>
    public bool IsNearlyLossless(VideoFrame picture)
    {
        if (picture.EncodedBytes is not { } bytes)
        {
            Reset();
            return false;
        }

        double bits = 8.0 * bytes / ((double)picture.Width * picture.Height);
        _bitsPerPixel += Smoothing * (Math.Min(bits, 2 * Enter) - _bitsPerPixel);
        _isNearlyLossless = _bitsPerPixel >= (_isNearlyLossless ? Leave : Enter);
        return _isNearlyLossless;
    }

    /// <summary>Forgets the stream.</summary>
    public void Reset()
    {
        _bitsPerPixel = 0;
        _isNearlyLossless = false;
    }
}
