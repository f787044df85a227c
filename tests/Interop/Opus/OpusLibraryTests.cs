using RtcEnhance.Opus;

namespace RtcEnhance.Interop.Tests.Opus;

public sealed class OpusLibraryTests
{
    [Fact]
    public void Version_LibraryIsThere_NamesIt()
    {
        Assert.True(OpusLibrary.IsAvailable);
        Assert.StartsWith("libopus", OpusLibrary.Version, StringComparison.Ordinal);
    }

    [Fact]
    public void ThrowIfMissing_LibraryIsNotThere_SaysWhatWasTriedAndHowToInstall()
    {
        var fault = Assert.Throws<DllNotFoundException>(() => OpusLibrary.ThrowIfMissing(["libopus-of-nowhere.so.0", "opus-of-nowhere.dll"]));

        Assert.StartsWith("libopus was not found (tried libopus-of-nowhere.so.0, opus-of-nowhere.dll).", fault.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install libopus0", fault.Message, StringComparison.Ordinal);
    }
}
