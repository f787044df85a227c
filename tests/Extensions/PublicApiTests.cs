namespace RtcEnhance.Extensions.Tests;

public class PublicApiTests
{
    [Fact]
    public void PublicSurface_IsWhatPublicApiTxtSays()
        => PublicApi.AssertMatches(typeof(LoggingPipelineObserver).Assembly, "interop/Extensions");
}
