namespace RtcEnhance.SipSorcery.Tests;

public class PublicApiTests
{
    [Fact]
    public void PublicSurface_IsWhatPublicApiTxtSays()
        => PublicApi.AssertMatches(typeof(EnhancedSession).Assembly, "interop/SipSorcery");
}
