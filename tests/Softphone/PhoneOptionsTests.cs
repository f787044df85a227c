using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.Softphone.Tests;

public class PhoneOptionsTests
{
    [Fact]
    public void Parse_Call_TakesUriAndOptions()
    {
        PhoneOptions options = PhoneOptions.Parse(["bob@192.0.2.7:5062", "--codecs", "g722,pcmu", "--listen", "127.0.0.1:0", "--media-port", "4000", "--play", "none"]);

        Assert.Equal("sip:bob@192.0.2.7:5062", options.Call!.ToString());
        Assert.Equal([AudioCodecsEnum.G722, AudioCodecsEnum.PCMU], options.Codecs);
        Assert.Equal([9, 0], options.Formats.Select(format => format.FormatID));
        Assert.Equal(4000, options.MediaPort);
        Assert.Null(options.Device);
    }

    [Theory]
    [InlineData("sip:", "no SIP URI")]
    [InlineData("--frobnicate", "not understood")]
    [InlineData("--listen", "needs a value")]
    [InlineData("--listen nowhere", "ADDRESS:PORT")]
    [InlineData("--codecs g729", "not 'g729'")]
    [InlineData("--media-port 4001", "even port")]
    [InlineData("--media-port 80", "1024 to 65534")]
    [InlineData("sip:a@b sip:c@d", "not understood")]
    public void Parse_Nonsense_SaysWhat(string line, string what)
    {
        var e = Assert.Throws<UsageException>(() => PhoneOptions.Parse(line.Split(' ')));

        Assert.Contains(what, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Command_KeysAndWaits_AreKnown()
    {
        Assert.Equal(new PhoneCommand('h'), PhoneCommand.Parse("h"));
        Assert.Equal(new PhoneCommand('#'), PhoneCommand.Parse(" # "));
        Assert.Equal(new PhoneCommand('\0', "held"), PhoneCommand.Parse("wait held"));
        Assert.Equal(new PhoneCommand('\0', "packets", 500), PhoneCommand.Parse("wait  packets 500"));
        Assert.All(["x", "wait", "wait packets", "wait packets many", "wait spring", "hh"], line => Assert.Throws<UsageException>(() => PhoneCommand.Parse(line)));
    }
}
