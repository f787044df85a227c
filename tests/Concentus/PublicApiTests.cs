namespace RtcEnhance.Concentus.Tests;

public class PublicApiTests
{
    [Fact]
    public void PublicSurface_IsWhatPublicApiTxtSays()
        => PublicApi.AssertMatches(typeof(ConcentusDecoder).Assembly, "interop/Concentus");
}
