using System.Diagnostics;
using RtcEnhance.FFmpegCli;
using RtcEnhance.Loopback.Sending;
using RtcEnhance.Video;

namespace RtcEnhance.Loopback.Scoring;

/// <summary>Writes what the viewer would have seen without and with the library, as two clips of constant rate.</summary>
internal sealed class VideoClipWriter : IDisposable
{
    private readonly Process[] _encoders;
    private readonly byte[][] _last;

    public VideoClipWriter(string beforePath, string afterPath)
    {
        _encoders = [Start(beforePath), Start(afterPath)];

        // Until the first picture comes the viewer sees grey.
        _last = [.. _encoders.Select(_ => Enumerable.Repeat((byte)128, SourceClip.FullWidth * SourceClip.FullHeight * 3 / 2).ToArray())];
    }

    public void Write(VideoFrame before, VideoFrame after)
    {
        Copy(before, _last[0]);
        Copy(after, _last[1]);
        Repeat();
    }

    /// <summary>The picture before stands still.</summary>
    public void Repeat()
    {
        for (int i = 0; i < _encoders.Length; i++)
            _encoders[i].StandardInput.BaseStream.Write(_last[i]);
    }

    public void Dispose()
    {
        foreach (Process encoder in _encoders)
        {
            encoder.StandardInput.Close();
            encoder.WaitForExit();
            encoder.Dispose();
        }
    }

    private static void Copy(VideoFrame frame, byte[] target)
    {
        HostPicture picture = HostPicture.Contiguous(HostPixelFormat.I420, target, SourceClip.FullWidth, SourceClip.FullHeight);
        if (!FrameConverter.TryExport(frame, picture, out string? reason))
            throw new InvalidOperationException(reason);
    }

    private static Process Start(string path)
    {
        string[] arguments =
        [
            "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", $"{SourceClip.FullWidth}x{SourceClip.FullHeight}",
            "-r", $"{SourceClip.FramesPerSecond}", "-i", "pipe:0", "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-movflags", "+faststart", path,
        ];
        var start = new ProcessStartInfo(FFmpegExecutable.Find().Path, arguments) { RedirectStandardInput = true, UseShellExecute = false };
        return Process.Start(start) ?? throw new InvalidOperationException("ffmpeg did not start.");
    }
}
