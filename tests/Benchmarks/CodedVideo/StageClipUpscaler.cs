using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>One of our upscalers. One thread at a time.</summary>
/// <param name="name">Its name in the tables.</param>
/// <param name="stage">The upscaler.</param>
/// <param name="scale">What it multiplies width and height by.</param>
public sealed class StageClipUpscaler(string name, IStage<SuperResolutionJob> stage, double scale = 2) : IClipUpscaler
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public I420Clip Upscale(I420Clip low)
    {
        ArgumentNullException.ThrowIfNull(low);
        var pool = new VideoFramePool(2);
        using VideoFrame source = pool.Rent(low.Width, low.Height)!;
        using VideoFrame target = pool.Rent((int)(scale * low.Width), (int)(scale * low.Height))!;
        var frames = new List<byte[]>();
        for (int i = 0; i < low.Frames.Count; i++)
        {
            low.Import(i, source);
            var job = new SuperResolutionJob { Source = source, Target = target };
            stage.Process(ref job);
            frames.Add(I420Clip.Export(target));
        }

        return new I420Clip(target.Width, target.Height, frames);
    }
}
