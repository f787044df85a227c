namespace RtcEnhance.NAudio.Tests;

public class PublicApiTests
{
    [Fact]
    public void PublicSurface_IsWhatPublicApiTxtSays()
        => PublicApi.AssertMatches(typeof(AudioSourceProvider).Assembly, "interop/NAudio");
}
