using RtcEnhance.Browser.Receiving;
using RtcEnhance.Loopback.Sending;
using RtcEnhance.Testing.Metrics;
using RtcEnhance.Video;

namespace RtcEnhance.Browser.Scoring;

/// <summary>
/// How close received pictures are to the clip's. Nobody says which picture of the clip one is: the most similar one is
/// taken, found on small copies. One thread at a time.
/// </summary>
internal sealed class PictureMatch
{
    /// <summary>Small copies have a sample for so many by so many.</summary>
    private const int ThumbnailStep = 8;

    private readonly SourceClip _clip;
    private readonly VideoFramePool _pool = new(8);
    private readonly float[][] _thumbnails;
    private readonly Lazy<byte[][]> _originals;

    /// <param name="clip">What was played.</param>
    public PictureMatch(SourceClip clip)
    {
        _clip = clip;
        _thumbnails = new float[clip.FrameCount][];
        for (int i = 0; i < _thumbnails.Length; i++)
        {
            using VideoFrame frame = Sent(i);
            _thumbnails[i] = Thumbnail(frame);
        }

        _originals = new Lazy<byte[][]>(() => clip.ReadOriginals(clip.FrameCount));
    }

    /// <summary>Scores the pictures of a call.</summary>
    public PictureScores Score(FrameSampler frames)
    {
        IReadOnlyDictionary<uint, SampledFrame> decodedFrames = frames.Decoded;
        IReadOnlyDictionary<uint, SampledFrame> shownFrames = frames.Shown;
        var decodedPsnr = new List<double>();
        var bicubicPsnr = new List<double>();
        var shownPsnr = new List<double>();
        foreach ((uint timestamp, SampledFrame sample) in decodedFrames)
        {
            using VideoFrame decoded = Resize(sample.Rent(_pool), SourceClip.SentWidth, SourceClip.SentHeight);
            int index = FindIndex(decoded);
            using VideoFrame sent = Sent(index);
            decodedPsnr.Add(Psnr.Compute(sent.Y, decoded.Y));
            if (!shownFrames.TryGetValue(timestamp, out SampledFrame? shownSample))
                continue;
            using VideoFrame original = new SampledFrame(SourceClip.FullWidth, SourceClip.FullHeight, _originals.Value[index]).Rent(_pool);
            using VideoFrame shown = Resize(shownSample.Rent(_pool), SourceClip.FullWidth, SourceClip.FullHeight);
            using VideoFrame bicubic = Enlarge(decoded);
            shownPsnr.Add(Psnr.Compute(original.Y, shown.Y));
            bicubicPsnr.Add(Psnr.Compute(original.Y, bicubic.Y));
        }

        return new PictureScores
        {
            Compared = decodedPsnr.Count,
            Enlarged = shownFrames.Values.Count(frame => frame.Width == SourceClip.FullWidth),
            DecodedPsnr = Mean(decodedPsnr),
            BicubicPsnr = Mean(bicubicPsnr),
            ShownPsnr = Mean(shownPsnr),
        };
    }

    private static double Mean(List<double> values) => values.Count == 0 ? 0 : values.Average();

    private VideoFrame Sent(int index)
        => new SampledFrame(SourceClip.SentWidth, SourceClip.SentHeight, _clip.SentFrame(index).ToArray()).Rent(_pool);

    private int FindIndex(VideoFrame frame)
    {
        float[] thumbnail = Thumbnail(frame);
        int best = 0;
        double least = double.MaxValue;
        for (int i = 0; i < _thumbnails.Length; i++)
        {
            double sum = 0;
            for (int k = 0; k < thumbnail.Length; k++)
                sum += (thumbnail[k] - _thumbnails[i][k]) * (thumbnail[k] - _thumbnails[i][k]);
            if (sum < least)
                (least, best) = (sum, i);
        }

        return best;
    }

    private static float[] Thumbnail(VideoFrame frame)
    {
        PlaneView luma = frame.Y;
        int columns = frame.Width / ThumbnailStep;
        var thumbnail = new float[columns * (frame.Height / ThumbnailStep)];
        for (int y = 0; y < frame.Height / ThumbnailStep * ThumbnailStep; y++)
        {
            Span<byte> row = luma.Row(y);
            for (int x = 0; x < columns * ThumbnailStep; x++)
                thumbnail[(y / ThumbnailStep * columns) + (x / ThumbnailStep)] += row[x];
        }

        return thumbnail;
    }

    /// <summary>A browser may send smaller pictures where its machine or the network is slow.</summary>
    private VideoFrame Resize(VideoFrame frame, int width, int height)
    {
        if (frame.Width == width && frame.Height == height)
            return frame;
        using (frame)
        {
            VideoFrame resized = _pool.Rent(width, height)!;
            var job = new SuperResolutionJob { Source = frame, Target = resized };
            new BilinearUpscaler().Process(ref job);
            return resized;
        }
    }

    private VideoFrame Enlarge(VideoFrame frame)
    {
        VideoFrame enlarged = _pool.Rent(SourceClip.FullWidth, SourceClip.FullHeight)!;
        var job = new SuperResolutionJob { Source = frame, Target = enlarged };
        new BicubicUpscaler().Process(ref job);
        return enlarged;
    }
}
