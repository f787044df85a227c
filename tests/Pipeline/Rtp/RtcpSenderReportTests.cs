namespace RtcEnhance.Tests.Rtp;

public sealed class RtcpSenderReportTests
{
    private const string Report = "80C80006 AABBCCDD 0102030405060708 11121314 21222324 31323334";
    private const string Receiver = "80C90001 AABBCCDD";

    [Theory]
    [InlineData(Report)]
    [InlineData(Receiver + Report)]
    [InlineData(Report + Receiver)]
    public void TryParse_Compound_FindsTheReport(string hex)
    {
        Assert.True(RtcpSenderReport.TryParse(Bytes(hex), out RtcpSenderReport report));

        Assert.Equal(
            new RtcpSenderReport
            {
                Ssrc = 0xAABBCCDD,
                NtpTimestamp = 0x0102030405060708,
                RtpTimestamp = 0x11121314,
                PacketCount = 0x21222324,
                OctetCount = 0x31323334,
            },
            report);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Receiver)]
    [InlineData("40C80006 AABBCCDD 0102030405060708 11121314 21222324 31323334")]
    [InlineData("80C80005 AABBCCDD 0102030405060708 11121314 21222324")]
    [InlineData("80C90009 AABBCCDD" + Report)]
    public void TryParse_NoneOrMalformed_IsRefused(string hex)
        => Assert.False(RtcpSenderReport.TryParse(Bytes(hex), out _));

    [Fact]
    public void TryParse_CutAtEveryByte_IsRefused()
    {
        byte[] bytes = Bytes(Receiver + Report);
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(RtcpSenderReport.TryParse(bytes.AsSpan(0, length), out _));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
