using System.Buffers.Text;
using System.Diagnostics;

namespace RtcEnhance.FFmpegCli;

/// <summary>
/// One ffmpeg process that decodes one H.264 stream of one size. It is fed a whole access unit, closed by an access unit
/// delimiter so that ffmpeg's parser lets it go at once, and answers with one picture. Its own threads empty both output
/// pipes, so no pipe can fill up and stop it; a watchdog kills it when an access unit has no answer in time.
/// One thread at a time.
/// </summary>
internal sealed class H264Session : IDisposable
{
    private const int MaxPixels = 4096 * 2304;
    private const int MaxLineBytes = 256;

    // No -fflags nobuffer: with it ffmpeg throws the first key frame away while it probes the stream.
    private static readonly string[] Arguments =
    [
        "-hide_banner", "-loglevel", "error", "-nostdin",
        "-flags", "low_delay", "-probesize", "32", "-analyzeduration", "0", "-fpsprobesize", "0", "-threads", "1",
        "-f", "h264", "-i", "pipe:0",
        "-an", "-fps_mode", "passthrough", "-autoscale", "0", "-threads", "1", "-pix_fmt", "yuv420p", "-flush_packets", "1",
        "-f", "yuv4mpegpipe", "-strict", "-1", "pipe:1",
    ];

    private readonly Lock _killLock = new();
    private readonly object _signal = new();
    private readonly Process _process;
    private readonly Stream _input;
    private readonly Thread _pictureReader;
    private readonly Thread _errorReader;
    private readonly Timer _watchdog;
    private readonly TimeSpan _timeout;
    private readonly byte[] _line = new byte[MaxLineBytes];

    private byte[] _reading = [];
    private byte[] _ready = [];
    private long _written;
    private long _pictures;
    private bool _hasEnded;
    private bool _hasFailed;
    private volatile bool _timedOut;
    private bool _disposed;

    /// <summary>Starts the process.</summary>
    /// <param name="executable">Full path of ffmpeg.</param>
    /// <param name="timeout">How long an access unit may have no answer.</param>
    public H264Session(string executable, TimeSpan timeout)
    {
        _timeout = timeout;
        var start = new ProcessStartInfo(executable)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in Arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{executable} did not start.");
        _input = _process.StandardInput.BaseStream;
        _watchdog = new Timer(_ => { _timedOut = true; Kill(); });
        _pictureReader = new Thread(ReadPictures) { IsBackground = true, Name = "RtcEnhance H.264 pictures" };
        _errorReader = new Thread(ReadErrors) { IsBackground = true, Name = "RtcEnhance H.264 errors" };
        _pictureReader.Start();
        _errorReader.Start();
    }

    /// <summary>What became of an access unit.</summary>
    public enum Answer
    {
        /// <summary>A picture is ready.</summary>
        Picture,

        /// <summary>ffmpeg could not decode it, or gave no answer in time.</summary>
        Refused,

        /// <summary>The process ended by itself.</summary>
        Ended,
    }

    /// <summary>Width of the stream's pictures.</summary>
    public int Width { get; private set; }

    /// <summary>Height of the stream's pictures.</summary>
    public int Height { get; private set; }

    /// <summary>The picture that <see cref="Decode"/> announced: planes Y, U, V without padding.</summary>
    public ReadOnlySpan<byte> Picture => _ready;

    private static ReadOnlySpan<byte> Delimiter => [0, 0, 0, 1, 9, 0xF0];

    /// <summary>Feeds an access unit and waits for its picture.</summary>
    /// <param name="accessUnit">Annex B, with at least one slice and without a delimiter.</param>
    /// <returns>What became of it; after anything but a picture the session is of no more use.</returns>
    public Answer Decode(ReadOnlySpan<byte> accessUnit)
    {
        _watchdog.Change(_timeout, Timeout.InfiniteTimeSpan);
        try
        {
            _written++;
            _input.Write(accessUnit);
            _input.Write(Delimiter);
            _input.Flush();
        }
        catch (IOException)
        {
            return _timedOut ? Answer.Refused : Answer.Ended;
        }

        lock (_signal)
        {
            while (_pictures < _written && !_hasEnded && !_hasFailed)
                Monitor.Wait(_signal);
            _watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

            // A picture too many would put every later one under the wrong timestamp.
            if (_pictures == _written && !_hasFailed)
                return Answer.Picture;
            return _hasEnded && !_timedOut && !_hasFailed ? Answer.Ended : Answer.Refused;
        }
    }

    /// <summary>Ends the process and its threads.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _watchdog.Dispose();
        Kill();
        _pictureReader.Join();
        _errorReader.Join();
        lock (_killLock)
        {
            _disposed = true;
            _process.Dispose();
        }
    }

    private void Kill()
    {
        lock (_killLock)
        {
            if (_disposed)
                return;
            try
            {
                _process.Kill();
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // It ended by itself just before.
            }
        }
    }

    private void ReadPictures()
    {
        try
        {
            Stream output = _process.StandardOutput.BaseStream;
            if (!TryReadLine(output, out int length) || !TryReadSize(_line.AsSpan(0, length)))
                return;
            int chroma = (Width + 1) / 2 * ((Height + 1) / 2);
            int bytes = (Width * Height) + (2 * chroma);
            _reading = new byte[bytes];
            _ready = new byte[bytes];
            while (TryReadLine(output, out length) && _line.AsSpan(0, length).StartsWith("FRAME"u8))
            {
                output.ReadExactly(_reading);
                lock (_signal)
                {
                    (_ready, _reading) = (_reading, _ready);
                    _pictures++;
                    Monitor.PulseAll(_signal);
                }
            }
        }
        catch (IOException)
        {
            // The process is gone; the end is told below.
        }
        finally
        {
            Signal(ref _hasEnded);
        }
    }

    private void ReadErrors()
    {
        try
        {
            while (_process.StandardError.ReadLine() is { } line)
            {
                if (line.Contains("Error while decoding", StringComparison.Ordinal)
                    || line.Contains("Error submitting packet", StringComparison.Ordinal))
                    Signal(ref _hasFailed);
            }
        }
        catch (IOException)
        {
            // The process is gone.
        }
    }

    private void Signal(ref bool flag)
    {
        lock (_signal)
        {
            flag = true;
            Monitor.PulseAll(_signal);
        }
    }

    private bool TryReadLine(Stream stream, out int length)
    {
        for (length = 0; length < MaxLineBytes; length++)
        {
            int value = stream.ReadByte();
            if (value < 0)
                return false;
            if (value == '\n')
                return true;
            _line[length] = (byte)value;
        }

        return false;
    }

    // YUV4MPEG2 W320 H240 F30:1 ...
    private bool TryReadSize(ReadOnlySpan<byte> header)
    {
        if (!header.StartsWith("YUV4MPEG2 "u8))
            return false;
        int width = ReadField(header, " W"u8);
        int height = ReadField(header, " H"u8);
        if (width < 1 || height < 1 || (long)width * height > MaxPixels)
            return false;
        Width = width;
        Height = height;
        return true;
    }

    private static int ReadField(ReadOnlySpan<byte> header, ReadOnlySpan<byte> name)
    {
        int at = header.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(header[(at + name.Length)..], out int value, out _) ? value : 0;
    }
}
