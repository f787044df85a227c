using System.Text;
using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Video;
using static RtcEnhance.Tests.Video.FramesForTests;

namespace RtcEnhance.Tests.Video;

public sealed class Y4mTests
{
    [Theory]
    [InlineData(1, 1, "420jpeg", ColorRange.Limited)]
    [InlineData(7, 5, "420mpeg2", ColorRange.Full)]
    [InlineData(64, 48, "420paldv", ColorRange.Limited)]
    [InlineData(9, 8, "mono", ColorRange.Limited)]
    public void Reader_AfterWriter_GivesTheSameFrames(int width, int height, string chroma, ColorRange range)
    {
        using VideoFrame first = Random(width, height, 1);
        using VideoFrame second = Random(width, height, 2);
        using VideoFrame found = Empty(width, height);
        var header = new Y4mHeader { Width = width, Height = height, Chroma = chroma, Range = range, RateNumerator = 30000, RateDenominator = 1001 };
        using var reader = new Y4mReader(new MemoryStream(Write(header, first, second)));

        Assert.Equal(header, reader.Header);
        foreach (VideoFrame expected in (VideoFrame[])[first, second])
        {
            Assert.True(reader.TryReadFrame(found));
            Assert.Equal(Samples(expected.Y), Samples(found.Y));
            Assert.Equal(chroma == "mono" ? new byte[found.ChromaWidth * found.ChromaHeight].Select(_ => (byte)128) : Samples(expected.U), Samples(found.U));
            Assert.Equal(range, found.Range);
        }

        Assert.False(reader.TryReadFrame(found));
        Assert.Equal(2, reader.FramesRead);
    }

    [Fact]
    public void Reader_CutAnywhere_ReportsOrEndsAtAFrame()
    {
        using VideoFrame frame = Random(5, 3, 1);
        byte[] whole = Write(new Y4mHeader { Width = 5, Height = 3 }, frame, frame);
        int frameBytes = "FRAME\n".Length + 15 + 6 + 6;
        int headerBytes = whole.Length - (2 * frameBytes);
        using VideoFrame found = Empty(5, 3);
        for (int length = 0; length < whole.Length; length++)
        {
            int read = 0;
            void ReadAll()
            {
                using var reader = new Y4mReader(new MemoryStream(whole, 0, length));
                while (reader.TryReadFrame(found))
                    read++;
            }

            if (length >= headerBytes && (length - headerBytes) % frameBytes == 0)
                ReadAll();
            else
                Assert.Throws<MediaFormatException>(ReadAll);
            Assert.Equal(Math.Max(0, (length - headerBytes) / frameBytes), read);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("RIFF....")]
    [InlineData("YUV4MPEG2\n")]
    [InlineData("YUV4MPEG2 W4\n")]
    [InlineData("YUV4MPEG2 W0 H4\n")]
    [InlineData("YUV4MPEG2 W-4 H4\n")]
    [InlineData("YUV4MPEG2 W99999999999999999999 H4\n")]
    [InlineData("YUV4MPEG2 W16385 H4\n")]
    [InlineData("YUV4MPEG2 W4x H4\n")]
    [InlineData("YUV4MPEG2 W4 H4 C444\n")]
    [InlineData("YUV4MPEG2 W4 H4 C420p10\n")]
    [InlineData("YUV4MPEG2 W4 H4 It\n")]
    [InlineData("YUV4MPEG2 W4 H4 F30\n")]
    [InlineData("YUV4MPEG2 W4 H4 F-1:1\n")]
    [InlineData("YUV4MPEG3 W4 H4\n")]
    [InlineData("YUV4MPEG2 W4 H4")]
    public void Reader_MalformedHeader_Throws(string header)
        => Assert.Throws<MediaFormatException>(() => new Y4mReader(new MemoryStream(Encoding.ASCII.GetBytes(header))));

    [Fact]
    public void Reader_HugeSize_AllocatesNothingForIt()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("YUV4MPEG2 W16384 H16384\nFRAME\nabc");

        long before = GC.GetAllocatedBytesForCurrentThread();
        using var reader = new Y4mReader(new MemoryStream(bytes));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, 10_000);
    }

    [Fact]
    public void Reader_FrameHeaderWithParameters_IsRead()
    {
        using VideoFrame found = Empty(1, 1);
        using var reader = new Y4mReader(new MemoryStream([.. "YUV4MPEG2 H1 W1 XCOLORRANGE=FULL F0:0\nFRAME Ip\n"u8, 1, 2, 3]));

        Assert.True(reader.TryReadFrame(found));
        Assert.Equal(3, found.V.Row(0)[0]);
        Assert.Equal(30, reader.Header.FramesPerSecond);
    }

    [Fact]
    public void Reader_RandomBytes_NeverCrashes()
    {
        byte[] start = "YUV4MPEG2 W3 H2 "u8.ToArray();
        using VideoFrame found = Empty(3, 2);
        Prop.ForAll<byte[]>(noise =>
        {
            try
            {
                using var reader = new Y4mReader(new MemoryStream([.. start, .. noise]));
                while (reader.Header.Width == 3 && reader.Header.Height == 2 && reader.TryReadFrame(found))
                {
                }
            }
            catch (MediaFormatException)
            {
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void ReadFrame_OtherSize_Throws()
    {
        using VideoFrame frame = Empty(4, 4);
        using var reader = new Y4mReader(new MemoryStream("YUV4MPEG2 W4 H5\n"u8.ToArray()));
        using var writer = new Y4mWriter(new MemoryStream(), new Y4mHeader { Width = 4, Height = 5 });

        Assert.Throws<ArgumentException>(() => reader.TryReadFrame(frame));
        Assert.Throws<ArgumentException>(() => writer.WriteFrame(frame));
    }

    private static byte[] Write(Y4mHeader header, params VideoFrame[] frames)
    {
        var stream = new MemoryStream();
        using (var writer = new Y4mWriter(stream, header))
        {
            foreach (VideoFrame frame in frames)
                writer.WriteFrame(frame);
        }

        return stream.ToArray();
    }
}
