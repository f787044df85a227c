using System.Buffers.Binary;

namespace RtcEnhance.Audio.Tests.Files;

public sealed class WavFileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ReadAndWrite_Every16BitSample_GivesTheSameBytes(int channels)
    {
        var data = new byte[2 * 65536];
        for (var i = 0; i < 65536; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(2 * i), (ushort)i);
        var original = WavBytes.File(WavBytes.Format(1, channels, 44100, 16), data);

        var audio = WavFile.Read(new MemoryStream(original));
        using var rewritten = new MemoryStream();
        using (var writer = new WavWriter(rewritten, audio.SampleRateHz, audio.Channels))
            writer.Write(audio.Samples);

        Assert.Equal(original, rewritten.ToArray());
        Assert.Equal(65536 / channels, audio.SampleCount);
    }

    [Theory]
    [InlineData(1, 8, new byte[] { 0, 128, 255 }, new[] { -1f, 0f, 127 / 128f })]
    [InlineData(1, 24, new byte[] { 0, 0, 0x80, 1, 0, 0, 0xFF, 0xFF, 0x7F }, new[] { -1f, 1 / 8388608f, 8388607 / 8388608f })]
    [InlineData(1, 32, new byte[] { 0, 0, 0, 0x80, 0, 0, 0, 0x40 }, new[] { -1f, 0.5f })]
    [InlineData(3, 32, new byte[] { 0, 0, 0x20, 0x40, 0, 0, 0x80, 0xBF }, new[] { 2.5f, -1f })]
    public void Read_EachEncoding_GivesItsSamples(int tag, int bits, byte[] data, float[] expected)
    {
        var plain = WavFile.Read(new MemoryStream(WavBytes.File(WavBytes.Format(tag, 1, 8000, bits), data)));
        var extensible = WavFile.Read(new MemoryStream(WavBytes.File(WavBytes.Extensible(tag, 1, 8000, bits), data)));

        Assert.Equal(expected, plain.Samples);
        Assert.Equal(expected, extensible.Samples);
    }

    [Fact]
    public void Read_UnknownChunksOfOddSize_AreSkipped()
    {
        var bytes = WavBytes.File(
            WavBytes.Chunk("LIST", [1, 2, 3]),
            WavBytes.Format(1, 1, 16000, 16),
            WavBytes.Chunk("junk", new byte[70001]),
            WavBytes.Chunk("data", [0, 0x40]),
            WavBytes.Chunk("id3 ", [9]));

        var audio = WavFile.Read(new MemoryStream(bytes));

        Assert.Equal([0.5f], audio.Samples);
        Assert.Equal(16000, audio.SampleRateHz);
        Assert.False(audio.IsTruncated);
    }

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(36u, 0u)]
    [InlineData(0xFFFFFFFF, 0xFFFFFFFF)]
    public void Read_SizesAPipeLeaves_ReachToTheEnd(uint riffSize, uint size)
    {
        var bytes = WavBytes.File(WavBytes.Format(1, 1, 8000, 16), [0, 0x40, 0, 0xC0]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), riffSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(40), size);

        var audio = WavFile.Read(new MemoryStream(bytes));

        Assert.Equal([0.5f, -0.5f], audio.Samples);
        Assert.False(audio.IsTruncated);
    }

    [Fact]
    public void Read_EmptyDataBeforeAnotherChunk_HasNoSamples()
    {
        var bytes = WavBytes.File(WavBytes.Format(1, 1, 8000, 16), WavBytes.Chunk("data", []), WavBytes.Chunk("LIST", [1, 2]));

        Assert.Empty(WavFile.Read(new MemoryStream(bytes)).Samples);
    }

    [Fact]
    public void Read_StreamThatCannotSeek_GivesTheSameSamples()
    {
        var data = new byte[300_000];
        new Random(1).NextBytes(data);
        var bytes = WavBytes.File(WavBytes.Format(1, 2, 48000, 24), data);

        var fromFile = WavFile.Read(new MemoryStream(bytes));
        var fromPipe = WavFile.Read(new ForwardOnlyStream(bytes));

        Assert.Equal(100_000, fromFile.Samples.Length);
        Assert.Equal(fromFile.Samples, fromPipe.Samples);
    }

    [Fact]
    public void Read_CutAtEveryByte_SaysSoOrGivesWhatIsThere()
    {
        var whole = WavBytes.File(
            WavBytes.Extensible(1, 2, 48000, 16),
            WavBytes.Chunk("LIST", [1, 2, 3]),
            WavBytes.Chunk("data", Enumerable.Range(0, 40).Select(i => (byte)i).ToArray()));
        var dataStart = whole.Length - 40;
        var expected = WavFile.Read(new MemoryStream(whole)).Samples;

        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole[..length];
            if (length < dataStart)
            {
                var fault = Assert.Throws<MediaFormatException>(() => WavFile.Read(new MemoryStream(cut)));
                Assert.InRange(fault.Offset, 0, length);
                continue;
            }

            var audio = WavFile.Read(new MemoryStream(cut));
            Assert.True(audio.IsTruncated);
            Assert.Equal(expected[..((length - dataStart) / 4 * 2)], audio.Samples);
        }
    }

    [Fact]
    public void Read_HeaderThatClaims4GiB_AllocatesWhatIsThere()
    {
        var bytes = WavBytes.File(WavBytes.Format(1, 1, 8000, 8), new byte[1000]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(40), 0xFFFFFFF0);

        foreach (var stream in new Stream[] { new MemoryStream(bytes), new ForwardOnlyStream(bytes) })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var audio = WavFile.Read(stream);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            Assert.Equal(1000, audio.Samples.Length);
            Assert.True(audio.IsTruncated);
            Assert.InRange(allocated, 0, 1_000_000);
        }
    }

    [Fact]
    public void Read_MutatedFile_NeverFailsOtherwise()
    {
        var random = new Random(7);
        var original = WavBytes.File(
            WavBytes.Chunk("LIST", [1, 2, 3]),
            WavBytes.Extensible(3, 2, 48000, 32),
            WavBytes.Chunk("data", new byte[64]));
        int read = 0, refused = 0;

        for (var round = 0; round < 20_000; round++)
        {
            var bytes = original.ToArray();
            for (var i = random.Next(1, 5); i > 0; i--)
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)0xFF : (byte)random.Next(256);
            try
            {
                var audio = WavFile.Read(new MemoryStream(bytes));
                Assert.Equal(0, audio.Samples.Length % audio.Channels);
                read++;
            }
            catch (MediaFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(read, 1000, 19_000);
        Assert.InRange(refused, 1000, 19_000);
    }

    [Theory]
    [InlineData(0, 1, 8000, 16, 2, "format 0 of 16 bits")]
    [InlineData(1, 1, 8000, 12, 2, "format 1 of 12 bits")]
    [InlineData(3, 1, 8000, 64, 8, "format 3 of 64 bits")]
    [InlineData(1, 0, 8000, 16, 0, "1 to 256 channels, found 0")]
    [InlineData(1, 1, 0, 16, 2, "a positive sample rate, found 0")]
    [InlineData(1, 2, 8000, 16, 2, "frames of 4 bytes, found 2")]
    public void Read_FormatItDoesNotKnow_SaysWhatItFound(int tag, int channels, int rate, int bits, int frameBytes, string expected)
    {
        var format = WavBytes.Format(tag, channels, rate, bits);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(20), (ushort)frameBytes);

        var fault = Assert.Throws<MediaFormatException>(() => WavFile.Read(new MemoryStream(WavBytes.File(format, new byte[8]))));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DataBeforeFormat_SaysSo()
    {
        var bytes = WavBytes.File(WavBytes.Chunk("data", [1, 2]), WavBytes.Format(1, 1, 8000, 16));

        var fault = Assert.Throws<MediaFormatException>(() => WavFile.Read(new MemoryStream(bytes)));

        Assert.Equal(12, fault.Offset);
        Assert.Contains("a format chunk before the data chunk", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnotherFile_NamesTheFileAndWhatItFound()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "fLaC, not a WAV file");

            var fault = Assert.Throws<MediaFormatException>(() => WavFile.Read(path));

            Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
            Assert.Contains("expected \"RIFF\", found 0x664C6143", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
