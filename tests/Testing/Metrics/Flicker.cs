using RtcEnhance.Video;

namespace RtcEnhance.Testing.Metrics;

/// <summary>
/// Change between two consecutive 8-bit pictures that the originals do not have: boiling texture, swimming edges.
/// Thread-safe.
/// </summary>
public static class Flicker
{
    /// <summary>The mean over a plane of |(test - testBefore) - (reference - referenceBefore)|.</summary>
    /// <param name="referenceBefore">The original of the picture before.</param>
    /// <param name="reference">The original; of the same size, as are the others.</param>
    /// <param name="testBefore">The picture before.</param>
    /// <param name="test">What is judged.</param>
    /// <returns>In steps of the samples; 0 where every sample changes as the original does.</returns>
    /// <exception cref="ArgumentException">Sizes differ, or the planes are empty.</exception>
    public static double Compute(PlaneView referenceBefore, PlaneView reference, PlaneView testBefore, PlaneView test)
    {
        Require(reference, referenceBefore, nameof(referenceBefore));
        Require(reference, testBefore, nameof(testBefore));
        Require(reference, test, nameof(test));
        long sum = 0;
        for (int y = 0; y < reference.Height; y++)
        {
            ReadOnlySpan<byte> a = referenceBefore.Row(y);
            ReadOnlySpan<byte> b = reference.Row(y);
            ReadOnlySpan<byte> c = testBefore.Row(y);
            ReadOnlySpan<byte> d = test.Row(y);
            for (int x = 0; x < b.Length; x++)
                sum += Math.Abs(d[x] - c[x] - (b[x] - a[x]));
        }

        return (double)sum / ((long)reference.Width * reference.Height);
    }

    private static void Require(PlaneView reference, PlaneView other, string name)
    {
        if (reference.Width != other.Width || reference.Height != other.Height || reference.Width < 1 || reference.Height < 1)
            throw new ArgumentException($"Planes of {reference.Width}x{reference.Height} and {other.Width}x{other.Height} cannot be compared.", name);
    }
}
