using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Impairment;

public class LossTraceTests
{
    private static readonly TimeSpan Packet = TimeSpan.FromMilliseconds(20);

    private static LossTrace Read(string text) => LossTrace.Read(new StringReader(text), "trace.txt", Packet);

    [Theory]
    [InlineData("0\n1\n1\n0\n")]
    [InlineData("0.0\r\n1.0\r\n1.0\r\n0.0\r\n")]
    [InlineData("0\r\n1\r\n1.0\r\n0")]
    [InlineData(" 0 \n1\n1\n0\n\n\n")]
    public void Read_OfEitherSpelling_TakesALineAsAPacket(string text)
    {
        LossTrace trace = Read(text);

        Assert.Equal(4, trace.Count);
        Assert.Equal([false, true, true, false], Enumerable.Range(0, 4).Select(i => trace[i]));
        Assert.Equal(50, trace.LossPercent);
    }

    [Theory]
    [InlineData("0\n2\n", "line 2", "'2'")]
    [InlineData("0\n\n1\n", "line 2", "blank")]
    [InlineData("0 1 0\n", "line 1", "'0 1 0'")]
    [InlineData("", "line 1", "empty")]
    [InlineData("0\n1\nRIFF____WAVEfmt_____________\n", "line 3", "'RIFF____WAVEfmt_____...'")]
    public void Read_OfBadLine_NamesFileLineAndWhatWasFound(string text, string line, string found)
    {
        string message = Assert.Throws<MediaFormatException>(() => Read(text)).Message;

        Assert.Contains("trace.txt", message, StringComparison.Ordinal);
        Assert.Contains(line, message, StringComparison.Ordinal);
        Assert.Contains(found, message, StringComparison.Ordinal);
    }

    [Fact]
    public void IsLost_PastTheEnd_StartsAgain()
    {
        LossTrace trace = Read("0\n1\n0\n");

        Assert.False(trace.IsLost(TimeSpan.Zero));
        Assert.True(trace.IsLost(Packet * 1.5));
        Assert.True(trace.IsLost(Packet * 4));
        Assert.False(trace.IsLost(Packet * 5));
    }

    [Fact]
    public void Load_OfFile_ReadsIt()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "1\n0\n");

            Assert.True(LossTrace.Load(path, Packet)[0]);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
