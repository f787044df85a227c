using RtcEnhance.Video;

namespace RtcEnhance.FFmpegCli;

/// <summary>
/// Writes pictures to any file that ffmpeg writes; the name's ending chooses the format. One thread at a time.
/// </summary>
public sealed class FFmpegVideoWriter : IDisposable
{
    private readonly string _path;
    private readonly FFmpegProcess _process;
    private readonly Y4mWriter _writer;

    /// <summary>Starts ffmpeg.</summary>
    /// <param name="executable">ffmpeg.</param>
    /// <param name="path">The file; replaced where it exists.</param>
    /// <param name="header">Size, rate and range of the pictures.</param>
    /// <param name="encoderArguments">ffmpeg arguments for the output, for example <c>-crf 18</c>.</param>
    public FFmpegVideoWriter(FFmpegExecutable executable, string path, Y4mHeader header, params string[] encoderArguments)
    {
        ArgumentNullException.ThrowIfNull(executable);
        ArgumentNullException.ThrowIfNull(header);
        _path = path;
        _process = new FFmpegProcess(
            executable, ["-f", "yuv4mpegpipe", "-i", "-", .. encoderArguments, "-y", path], writesInput: true);
        _writer = new Y4mWriter(new BufferedStream(_process.Input, 1 << 16), header);
    }

    /// <summary>Writes a picture.</summary>
    /// <param name="frame">An I420 frame of the header's size.</param>
    /// <exception cref="MediaFormatException">ffmpeg ended early.</exception>
    public void WriteFrame(VideoFrame frame)
    {
        try
        {
            _writer.WriteFrame(frame);
        }
        catch (IOException)
        {
            _process.RequireSuccess($"writing '{_path}'");
            throw;
        }
    }

    /// <summary>Ends the stream and waits until the file is complete.</summary>
    /// <exception cref="MediaFormatException">ffmpeg reported a failure.</exception>
    public void Complete()
    {
        try
        {
            _writer.Dispose();
        }
        catch (IOException)
        {
            _process.RequireSuccess($"writing '{_path}'");
            throw;
        }

        _process.RequireSuccess($"writing '{_path}'");
    }

    /// <summary>Ends ffmpeg; without <see cref="Complete"/> the file may be cut.</summary>
    public void Dispose() => _process.Dispose();
}
