namespace RtcEnhance.FFmpeg.Tests;

public class PublicApiTests
{
    [Fact]
    public void PublicSurface_IsWhatPublicApiTxtSays()
        => PublicApi.AssertMatches(typeof(FFmpegVideoDecoder).Assembly, "interop/FFmpeg");
}
