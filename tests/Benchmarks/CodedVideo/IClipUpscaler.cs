namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>What is measured: it doubles, or keeps, the size of a clip's pictures. One thread at a time.</summary>
public interface IClipUpscaler
{
    /// <summary>Its name in the tables.</summary>
    string Name { get; }

    /// <summary>Makes each picture as large as it makes them.</summary>
    /// <param name="low">The pictures; not all of them follow upon each other.</param>
    /// <returns>As many pictures.</returns>
    I420Clip Upscale(I420Clip low);
}
