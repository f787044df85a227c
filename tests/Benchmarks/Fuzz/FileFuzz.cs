using RtcEnhance.Audio;
using RtcEnhance.Tests;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Fuzz;

/// <summary>Feeds altered and cut-off files to the WAV, y4m and model readers. Thread-safe.</summary>
public static class FileFuzz
{
    private const int MostPixels = 1 << 20;

    /// <summary>Reads altered WAV files; any exception but <see cref="MediaFormatException"/> means that the reader is wrong.</summary>
    /// <param name="count">Files.</param>
    /// <param name="seed">The same seed gives the same files.</param>
    /// <returns>Files that could be read, and others.</returns>
    /// <exception cref="InvalidOperationException">What was read is inconsistent.</exception>
    public static FuzzCount RunWav(int count, int seed)
    {
        var random = new Random(seed);
        byte[][] valid = [Wav(8000, 1, WavSampleFormat.Pcm16), Wav(48000, 2, WavSampleFormat.Pcm16), Wav(16000, 1, WavSampleFormat.IeeeFloat)];
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            try
            {
                WavAudio audio = WavFile.Read(new MemoryStream(ByteMutation.Alter(valid[random.Next(valid.Length)], random, 60)));
                if (audio.Channels < 1 || audio.SampleRateHz < 1 || audio.Samples.Length % audio.Channels != 0)
                    throw new InvalidOperationException($"Seed {seed}, file {i}: {audio.Samples.Length} samples, {audio.Channels} channels, {audio.SampleRateHz} Hz.");
            }
            catch (MediaFormatException)
            {
                refused++;
            }
        }

        return new FuzzCount(count - refused, refused);
    }

    /// <summary>Reads altered y4m files; any exception but <see cref="MediaFormatException"/> means that the reader is wrong.</summary>
    /// <param name="count">Files.</param>
    /// <param name="seed">The same seed gives the same files.</param>
    /// <returns>Files that could be read to the end, and others; a header that names a picture of more than a megapixel is refused here.</returns>
    public static FuzzCount RunY4m(int count, int seed)
    {
        var random = new Random(seed);
        var pool = new VideoFramePool(2);
        byte[][] valid = [Y4m(pool, 16, 12, "420jpeg"), Y4m(pool, 7, 5, "420mpeg2"), Y4m(pool, 9, 3, "mono")];
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            try
            {
                if (!ReadAll(ByteMutation.Alter(valid[random.Next(valid.Length)], random, 50), pool))
                    refused++;
            }
            catch (MediaFormatException)
            {
                refused++;
            }
        }

        if (pool.Rented != 0)
            throw new InvalidOperationException($"Seed {seed}: {pool.Rented} frames were not given back.");
        return new FuzzCount(count - refused, refused);
    }

    /// <summary>Reads altered models; any exception but <see cref="ModelFormatException"/> means that the reader is wrong.</summary>
    /// <param name="count">Files.</param>
    /// <param name="seed">The same seed gives the same files.</param>
    /// <returns>Models that could be loaded, and others.</returns>
    public static FuzzCount RunModel(int count, int seed)
    {
        var random = new Random(seed);
        byte[][] valid =
        [
            new RandomUpscaler { Widths = [2, 2], Activation = "prelu", Skip = (1, 2) }.ToArray(),
            new RandomUpscaler { Widths = [2], Activation = "clip" }.ToArray(),
        ];
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            try
            {
                UpscalingModel.Load(ByteMutation.Alter(valid[random.Next(valid.Length)], random, 400), "altered");
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        return new FuzzCount(count - refused, refused);
    }

    private static bool ReadAll(byte[] file, VideoFramePool pool)
    {
        using var reader = new Y4mReader(new MemoryStream(file));
        if ((long)reader.Header.Width * reader.Header.Height > MostPixels)
            return false;
        using VideoFrame frame = pool.Rent(reader.Header.Width, reader.Header.Height)!;
        while (reader.TryReadFrame(frame))
        {
        }

        return true;
    }

    private static byte[] Wav(int sampleRateHz, int channels, WavSampleFormat format)
    {
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, sampleRateHz, channels, format))
            writer.Write(new float[60]);
        return stream.ToArray();
    }

    private static byte[] Y4m(VideoFramePool pool, int width, int height, string chroma)
    {
        using var stream = new MemoryStream();
        using (var writer = new Y4mWriter(stream, new Y4mHeader { Width = width, Height = height, Chroma = chroma }, leaveOpen: true))
        {
            using VideoFrame frame = pool.Rent(width, height)!;
            writer.WriteFrame(frame);
            writer.WriteFrame(frame);
        }

        return stream.ToArray();
    }
}
