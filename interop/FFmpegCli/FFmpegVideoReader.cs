using RtcEnhance.Video;

namespace RtcEnhance.FFmpegCli;

/// <summary>
/// Reads the pictures of any file that ffmpeg reads, as I420 in limited range unless the file is full range; stills are
/// streams of one picture. One thread at a time.
/// </summary>
public sealed class FFmpegVideoReader : IDisposable
{
    private readonly string _path;
    private readonly FFmpegProcess _process;
    private readonly Y4mReader _reader;

    /// <summary>Starts ffmpeg and reads the stream's size and rate.</summary>
    /// <param name="executable">ffmpeg.</param>
    /// <param name="path">The file.</param>
    /// <param name="filter">An ffmpeg video filter, for example <c>scale=960:720</c>; null for none.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MediaFormatException">ffmpeg found no pictures in it, or interlaced or too large ones.</exception>
    public FFmpegVideoReader(FFmpegExecutable executable, string path, string? filter = null)
    {
        ArgumentNullException.ThrowIfNull(executable);
        if (!File.Exists(path))
            throw new FileNotFoundException($"The file '{path}' does not exist.", path);
        _path = path;
        string[] filters = filter is null ? [] : ["-vf", filter];
        _process = new FFmpegProcess(
            executable,
            ["-i", path, "-map", "0:v:0", "-an", .. filters, "-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe", "-"],
            writesInput: false);
        try
        {
            _reader = new Y4mReader(new BufferedStream(_process.Output, 1 << 16));
        }
        catch (MediaFormatException)
        {
            // Where ffmpeg still writes, the stream is one that is not read, and waiting for ffmpeg would never end.
            using (_process)
            {
                if (_process.Output.ReadByte() < 0)
                    _process.RequireSuccess($"reading '{path}'");
            }

            throw;
        }
    }

    /// <summary>Size, rate and range.</summary>
    public Y4mHeader Header => _reader.Header;

    /// <summary>Reads the next picture.</summary>
    /// <param name="frame">An I420 frame of the header's size.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="MediaFormatException">ffmpeg reported a failure, or its stream was cut short.</exception>
    public bool TryReadFrame(VideoFrame frame)
    {
        if (_reader.TryReadFrame(frame))
            return true;
        _process.RequireSuccess($"reading '{_path}'");
        return false;
    }

    /// <summary>Ends ffmpeg.</summary>
    public void Dispose()
    {
        _process.Dispose();
        _reader.Dispose();
    }
}
