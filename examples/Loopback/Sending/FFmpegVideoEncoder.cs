using System.Buffers.Binary;
using System.Diagnostics;
using RtcEnhance.FFmpegCli;
using RtcEnhance.Video;

namespace RtcEnhance.Loopback.Sending;

/// <summary>
/// Encodes raw I420 pictures with FFmpeg's VP8 or H.264 encoder, one access unit a picture, in step: FFmpeg holds
/// pictures back, so it is always given <see cref="Lookahead"/> more than it has returned. One thread at a time.
/// </summary>
public sealed class FFmpegVideoEncoder : IDisposable
{
    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly VideoCodec _codec;
    private byte[] _pending = new byte[1 << 16];
    private int _pendingLength;
    private bool _headerRead;

    /// <summary>Starts an encoder; its first access unit is a key frame.</summary>
    public FFmpegVideoEncoder(VideoCodec codec, int width, int height, int framesPerSecond, int kbps)
    {
        _codec = codec;
        string rate = $"{kbps}k";
        string[] encoder = codec == VideoCodec.Vp8
            ? ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "-6", "-lag-in-frames", "0", "-auto-alt-ref", "0", "-error-resilient", "1", "-f", "ivf"]
            : ["-c:v", "libx264", "-profile:v", "baseline", "-preset", "veryfast", "-tune", "zerolatency", "-x264-params", "aud=1:repeat-headers=1", "-f", "h264"];
        string[] arguments =
        [
            "-v", "error", "-fflags", "nobuffer", "-probesize", "32", "-analyzeduration", "0",
            "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", $"{width}x{height}", "-r", $"{framesPerSecond}", "-i", "pipe:0",
            "-vsync", "passthrough", "-threads", "1", "-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", rate, "-g", "3000",
            .. encoder, "-flush_packets", "1", "pipe:1",
        ];
        var start = new ProcessStartInfo(FFmpegExecutable.Find().Path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("ffmpeg did not start.");
        _input = _process.StandardInput.BaseStream;
        _output = _process.StandardOutput.BaseStream;
    }

    /// <summary>Pictures given beyond the one that is returned: the end of an H.264 unit shows only in the next.</summary>
    public int Lookahead => _codec == VideoCodec.Vp8 ? 1 : 2;

    /// <summary>Gives one more picture.</summary>
    /// <param name="picture">I420, without padding.</param>
    public void Write(ReadOnlySpan<byte> picture)
    {
        _input.Write(picture);
        _input.Flush();
    }

    /// <summary>Waits for the next access unit.</summary>
    /// <returns>The access unit.</returns>
    public byte[] Read() => _codec == VideoCodec.Vp8 ? ReadIvfFrame() : ReadAnnexBUnit();

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }

        _process.WaitForExit();
        _process.Dispose();
    }

    private byte[] ReadIvfFrame()
    {
        if (!_headerRead)
        {
            Require(32);
            Take(32);
            _headerRead = true;
        }

        Require(12);
        int size = BinaryPrimitives.ReadInt32LittleEndian(_pending);
        Require(12 + size);
        return Take(12 + size)[12..];
    }

    /// <summary>A unit begins with an access unit delimiter (NAL type 9), so it ends where the next one begins.</summary>
    private byte[] ReadAnnexBUnit()
    {
        for (int from = 5; ;)
        {
            while (from + 5 > _pendingLength)
                Require(_pendingLength + 1);
            if (_pending.AsSpan(from, 5).SequenceEqual((ReadOnlySpan<byte>)[0, 0, 0, 1, 9]))
                return Take(from);
            from++;
        }
    }

    private void Require(int length)
    {
        while (_pendingLength < length)
        {
            if (_pending.Length < Math.Max(length, _pendingLength + 4096))
                Array.Resize(ref _pending, Math.Max(length, 2 * _pending.Length));
            int read = _output.Read(_pending, _pendingLength, _pending.Length - _pendingLength);
            if (read == 0)
                throw new InvalidOperationException("ffmpeg ended before the picture was encoded.");
            _pendingLength += read;
        }
    }

    private byte[] Take(int length)
    {
        byte[] taken = _pending.AsSpan(0, length).ToArray();
        _pendingLength -= length;
        _pending.AsSpan(length, _pendingLength).CopyTo(_pending);
        return taken;
    }
}
