using RtcEnhance.Loopback.Receiving;
using RtcEnhance.Loopback.Report;
using RtcEnhance.Loopback.Sending;
using RtcEnhance.Testing.Metrics;
using RtcEnhance.Video;

namespace RtcEnhance.Loopback.Scoring;

/// <summary>
/// What the viewer saw, picture by picture against what was filmed, beside a plain bicubic enlargement of the same
/// decoded pictures; and both as clips in which a missing picture holds the one before.
/// </summary>
internal sealed class VideoScore
{
    /// <summary>Pictures shown side by side in the report.</summary>
    private const int PairCount = 4;

    private readonly List<FramePair> _pairs = [];
    private readonly List<(double Seconds, double DelayMs)> _shown = [];

    public VideoScore(CallRecording call, SourceClip clip, VideoClipWriter writer)
    {
        FrameSpool shown = call.Receiver.Shown;
        Dictionary<uint, FrameSpool.Entry> decoded = call.Receiver.Decoded.Entries
            .GroupBy(entry => entry.RtpTimestamp).ToDictionary(group => group.Key, group => group.First());
        byte[][] originals = clip.ReadOriginals((int)(call.Options.Seconds * SourceClip.FramesPerSecond));
        var pool = new VideoFramePool(8);
        var bicubic = new BicubicUpscaler();
        var window = new BilinearUpscaler();
        var sums = new (double Psnr, double Ssim)[2];
        int scored = 0;
        int frames = (int)(call.Options.Seconds * SourceClip.FramesPerSecond);

        // From the middle of each part of the call: in its first second networks are still being loaded.
        int nextPair = frames / (2 * PairCount);

        Dictionary<int, FrameSpool.Entry> byFrame = shown.Entries
            .GroupBy(entry => (int)(entry.RtpTimestamp / VideoSender.TicksPerFrame)).ToDictionary(group => group.Key, group => group.First());
        for (int i = 0; i < frames; i++)
        {
            if (!byFrame.TryGetValue(i, out FrameSpool.Entry entry) || !decoded.TryGetValue(entry.RtpTimestamp, out FrameSpool.Entry source))
            {
                writer.Repeat();
                continue;
            }

            byte[] original = originals[clip.ClipIndex(i)];
            using VideoFrame after = FullSize(shown.Read(entry, pool), window, pool);
            using VideoFrame small = call.Receiver.Decoded.Read(source, pool);
            using VideoFrame before = pool.Rent(SourceClip.FullWidth, SourceClip.FullHeight)!;
            var job = new SuperResolutionJob { Source = small, Target = before };
            bicubic.Process(ref job);
            using VideoFrame truth = Import(original, pool);

            (double Psnr, double Ssim) plain = Compare(truth, before);
            (double Psnr, double Ssim) enhanced = Compare(truth, after);
            sums[0] = (sums[0].Psnr + plain.Psnr, sums[0].Ssim + plain.Ssim);
            sums[1] = (sums[1].Psnr + enhanced.Psnr, sums[1].Ssim + enhanced.Ssim);
            scored++;
            double seconds = (double)i / SourceClip.FramesPerSecond;
            _shown.Add((seconds, 1000 * (((double)(entry.Timestamp - call.StartTimestamp) / call.TicksPerSecond) - seconds)));
            writer.Write(before, after);
            if (i >= nextPair)
            {
                nextPair += frames / PairCount;
                _pairs.Add(Pair(before, after, truth, $"{(double)i / SourceClip.FramesPerSecond:0.0} s: bicubic {plain.Psnr:0.00} dB, shown {enhanced.Psnr:0.00} dB"));
            }
        }

        int count = Math.Max(1, scored);
        Baseline = new VideoQuality("bicubic", sums[0].Psnr / count, sums[0].Ssim / count);
        Enhanced = new VideoQuality("shown", sums[1].Psnr / count, sums[1].Ssim / count);
        Delay = Distribution.FromMilliseconds([.. _shown.Select(frame => frame.DelayMs)]);
    }

    public VideoQuality Baseline { get; }

    public VideoQuality Enhanced { get; }

    public Distribution Delay { get; }

    /// <summary>Every picture shown: its moment of the call, and how much later it was shown.</summary>
    public IReadOnlyList<(double Seconds, double DelayMs)> Shown => _shown;

    public IReadOnlyList<FramePair> Pairs => _pairs;

    private static (double Psnr, double Ssim) Compare(VideoFrame truth, VideoFrame frame)
        => (Psnr.Compute(truth.Y, frame.Y), Ssim.Compute(truth.Y, frame.Y));

    /// <summary>The picture as a window of full size shows it: a graphics card enlarges what was handed on as it came.</summary>
    private static VideoFrame FullSize(VideoFrame frame, BilinearUpscaler window, VideoFramePool pool)
    {
        if (frame.Width == SourceClip.FullWidth && frame.Height == SourceClip.FullHeight)
            return frame;
        using (frame)
        {
            VideoFrame full = pool.Rent(SourceClip.FullWidth, SourceClip.FullHeight)!;
            var job = new SuperResolutionJob { Source = frame, Target = full };
            window.Process(ref job);
            return full;
        }
    }

    private static VideoFrame Import(byte[] i420, VideoFramePool pool)
    {
        VideoFrame frame = pool.Rent(SourceClip.FullWidth, SourceClip.FullHeight)!;
        HostPicture picture = HostPicture.Contiguous(HostPixelFormat.I420, i420, SourceClip.FullWidth, SourceClip.FullHeight);
        return FrameConverter.TryImport(picture, frame, out string? reason) ? frame : throw new InvalidOperationException(reason);
    }

    private static FramePair Pair(VideoFrame before, VideoFrame after, VideoFrame truth, string caption) => new()
    {
        Width = truth.Width,
        Height = truth.Height,
        Before = Rgb(before),
        After = Rgb(after),
        Original = Rgb(truth),
        Caption = caption,
    };

    private static byte[] Rgb(VideoFrame frame)
    {
        var rgb = new byte[frame.Width * frame.Height * 3];
        HostPicture picture = HostPicture.Contiguous(HostPixelFormat.Rgb24, rgb, frame.Width, frame.Height);
        return FrameConverter.TryExport(frame, picture, out string? reason) ? rgb : throw new InvalidOperationException(reason);
    }
}
