using System.Runtime.Intrinsics;

namespace RtcEnhance.Tests;

/// <summary>The switches that narrow the vectors do so: else the runs under them would prove nothing.</summary>
[Trait("Category", "Simd")]
public class SimdWidthTests
{
    [Fact]
    public void ActiveWidth_IsWhatTheEnvironmentAllows()
    {
        if (IsOff("DOTNET_EnableHWIntrinsic"))
            Assert.False(Vector128.IsHardwareAccelerated);
        if (IsOff("DOTNET_EnableHWIntrinsic") || IsOff("DOTNET_EnableAVX2"))
            Assert.False(Vector256.IsHardwareAccelerated);
        if (IsOff("DOTNET_EnableHWIntrinsic") || IsOff("DOTNET_EnableAVX2") || IsOff("DOTNET_EnableAVX512"))
            Assert.False(Vector512.IsHardwareAccelerated);
        Assert.True(!Vector256.IsHardwareAccelerated || Vector128.IsHardwareAccelerated);
    }

    private static bool IsOff(string name) => Environment.GetEnvironmentVariable(name) == "0";
}
