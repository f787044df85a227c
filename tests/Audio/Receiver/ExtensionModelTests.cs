namespace RtcEnhance.Audio.Tests.Receiver;

/// <summary>What a call does with a bandwidth-extension network: one that is there, comes late, is missing or broken.</summary>
public class ExtensionModelTests
{
    private static readonly BandwidthExtensionModel Model = BandwidthExtensionModel.Load(ExtensionModels.Random(9), "test");

    [Fact]
    public void GetAudio_NetworkIsThere_ExtendsFromTheFirstBlock()
    {
        using var call = new CallHarness(options => With(options, BandwidthExtensionModelSource.FromModel(Model)));

        call.Run(40);

        StageStats stats = call.Receiver.GetStats().BandwidthExtension;
        Assert.True(stats.PrimaryCalls > 40);
        Assert.Equal(stats.Calls, stats.PrimaryCalls);
    }

    [Theory]
    [InlineData(true, ReasonCode.ModelMissing)]
    [InlineData(false, ReasonCode.ModelInvalid)]
    public void GetAudio_NetworkCannotBeLoaded_IsClassicalFromTheFirstBlockAndSaysWhy(bool isMissing, ReasonCode reason)
    {
        BandwidthExtensionModelSource source = isMissing
            ? BandwidthExtensionModelSource.FromFile(Path.Combine(AppContext.BaseDirectory, "no-such-model.onnx"))
            : BandwidthExtensionModelSource.From("broken", () => BandwidthExtensionModel.Load([1, 2, 3], "broken"));
        Assert.ThrowsAny<Exception>(source.Load);
        using var call = new CallHarness(options => With(options, source));
        using var plain = new CallHarness(options => With(options, null));

        call.Run(40);
        plain.Run(40);

        Assert.Equal(plain.Played, call.Played);
        StageStats stats = call.Receiver.GetStats().BandwidthExtension;
        Assert.True(stats.Calls > 0);
        Assert.Equal(stats.Calls, stats.FallbackCount(reason));
    }

    [Fact]
    public void GetAudio_NetworkComesDuringTheCall_TakesOverAfterAFewBlocksWithoutTouchingTheLowBand()
    {
        using var isAsked = new ManualResetEventSlim();
        var source = BandwidthExtensionModelSource.From("late", () =>
        {
            isAsked.Wait();
            return Model;
        });
        using var call = new CallHarness(options => With(options, source));
        using var plain = new CallHarness(options => With(options, null));
        call.Run(20);
        StageStats before = call.Receiver.GetStats().BandwidthExtension;

        isAsked.Set();
        source.Load();
        call.Run(40);
        plain.Run(60);

        StageStats after = call.Receiver.GetStats().BandwidthExtension;
        Assert.Equal(before.Calls, before.FallbackCount(ReasonCode.Warming));
        Assert.Equal(3, after.FallbackCount(ReasonCode.Warming) - before.FallbackCount(ReasonCode.Warming));
        float[] difference = [.. call.Played.Zip(plain.Played, (a, b) => a - b)];
        Assert.True(SignalPower.OfBand(difference, 0, 3400) < 1e-4 * SignalPower.OfBand([.. plain.Played], 0, 3400));
    }

    [Fact]
    public void Load_BuiltIn_IsThereOrSaysThatItIsNot()
    {
        if (BandwidthExtensionModelSource.HasBuiltIn)
            Assert.Equal("bandwidth-extension", BandwidthExtensionModelSource.BuiltIn.Load().Info.Task);
        else
            Assert.Throws<FileNotFoundException>(BandwidthExtensionModelSource.BuiltIn.Load);
    }

    private static AudioReceiverOptions With(AudioReceiverOptions options, BandwidthExtensionModelSource? source) => new()
    {
        Time = options.Time,
        Enhancement = options.Enhancement,
        Decoders = options.Decoders,
        BandwidthExtensionModel = source,
    };
}
