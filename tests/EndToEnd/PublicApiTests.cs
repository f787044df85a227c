using System.Reflection;

namespace RtcEnhance.EndToEnd.Tests;

public class PublicApiTests
{
    [Theory]
    [InlineData("RtcEnhance.Pipeline", "src/Pipeline")]
    [InlineData("RtcEnhance.Audio", "src/Audio")]
    [InlineData("RtcEnhance.Video", "src/Video")]
    [InlineData("RtcEnhance.Opus", "interop/Opus")]
    [InlineData("RtcEnhance.Vpx", "interop/Vpx")]
    [InlineData("RtcEnhance.FFmpegCli", "interop/FFmpegCli")]
    [InlineData("RtcEnhance.Testing", "tests/Testing")]
    public void PublicSurface_IsWhatPublicApiTxtSays(string assembly, string directory)
        => PublicApi.AssertMatches(Assembly.Load(assembly), directory);
}
