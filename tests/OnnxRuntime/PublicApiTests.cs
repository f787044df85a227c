namespace RtcEnhance.OnnxRuntime.Tests;

public class PublicApiTests
{
    [Fact]
    public void PublicSurface_IsWhatPublicApiTxtSays()
        => PublicApi.AssertMatches(typeof(OnnxUpscaler).Assembly, "interop/OnnxRuntime");
}
