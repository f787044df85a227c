using System.Buffers.Binary;

namespace RtcEnhance.Audio.Tests.Files;

public sealed class WavWriterTests
{
    [Fact]
    public void Write_OutsideFullScale_RoundsAndClips()
    {
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, 8000))
            writer.Write([1f, -1f, 2f, -2f, float.NaN, 0.6f / 32768, -0.6f / 32768, 0.4f / 32768]);

        var samples = WavFile.Read(new MemoryStream(stream.ToArray())).Samples;

        Assert.Equal([32767f, -32768f, 32767f, -32768f, 0f, 1f, -1f, 0f], samples.Select(sample => sample * 32768f));
    }

    [Fact]
    public void Write_Float32_IsUnchanged()
    {
        var path = Path.GetTempFileName();
        try
        {
            float[] samples = [1.5f, -3f, float.Epsilon, 0.1f];
            WavFile.Write(path, samples, 96000, channels: 2, WavSampleFormat.IeeeFloat);

            var audio = WavFile.Read(path);

            Assert.Equal(samples, audio.Samples);
            Assert.Equal((96000, 2, false), (audio.SampleRateHz, audio.Channels, audio.IsTruncated));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(WavSampleFormat.Pcm16)]
    [InlineData(WavSampleFormat.IeeeFloat)]
    public void Write_InPieces_EqualsOnePiece(WavSampleFormat format)
    {
        var samples = new float[30_000];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = MathF.Sin(i);
        using var whole = new MemoryStream();
        using (var writer = new WavWriter(whole, 48000, 2, format))
            writer.Write(samples);

        using var pieces = new MemoryStream();
        using (var writer = new WavWriter(pieces, 48000, 2, format))
        {
            for (var i = 0; i < samples.Length; i += 960)
                writer.Write(samples.AsSpan(i, Math.Min(960, samples.Length - i)));
        }

        Assert.Equal(whole.ToArray(), pieces.ToArray());
        Assert.Equal(whole.Length - 8, BinaryPrimitives.ReadUInt32LittleEndian(whole.ToArray().AsSpan(4)));
    }

    [Fact]
    public void Write_NotYetDisposed_ReadsUpToTheEnd()
    {
        using var stream = new MemoryStream();
        using var writer = new WavWriter(stream, 8000);
        writer.Write([0.5f, 0.25f]);

        var audio = WavFile.Read(new MemoryStream(stream.ToArray()));

        Assert.Equal([0.5f, 0.25f], audio.Samples);
        Assert.False(audio.IsTruncated);
    }

    [Fact]
    public void Write_InsideAnotherStream_PatchesItsOwnHeader()
    {
        using var stream = new MemoryStream();
        stream.Write([1, 2, 3]);
        using (var writer = new WavWriter(stream, 8000))
            writer.Write([0.5f]);
        stream.WriteByte(4);

        var bytes = stream.ToArray();

        Assert.Equal([0.5f], WavFile.Read(new MemoryStream(bytes[3..])).Samples);
        Assert.Equal(3 + 44 + 2 + 1, bytes.Length);
    }

    [Fact]
    public void Write_AfterWarmUp_AllocatesNothing()
    {
        using var stream = new MemoryStream(new byte[1 << 20]);
        using var writer = new WavWriter(stream, 48000);
        var samples = new float[480];

        AllocationAssert.None(() => writer.Write(samples), warmUps: 1, runs: 100);
    }

    [Fact]
    public void Write_WrongUse_Throws()
    {
        using var stream = new MemoryStream();
        Assert.Throws<ArgumentOutOfRangeException>(() => new WavWriter(stream, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WavWriter(stream, 8000, 257));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WavWriter(stream, 8000, 1, (WavSampleFormat)9));
        var writer = new WavWriter(stream, 8000, 2);
        Assert.Throws<ArgumentException>(() => writer.Write(new float[3]));
        writer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => writer.Write(new float[2]));
    }
}
