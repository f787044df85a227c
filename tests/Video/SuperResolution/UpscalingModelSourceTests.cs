using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

public class UpscalingModelSourceTests
{
    [Theory]
    [InlineData("sr-x2-quality-coded")]
    [InlineData("sr-x2-quality")]
    [InlineData("sr-x2-fast-coded")]
    [InlineData("sr-x2-fast")]
    [InlineData("sr-x3-quality")]
    [InlineData("sr-x1")]
    public void LibrarysOwn_AreTheReleasedFiles(string id)
    {
        UpscalingModelSource source = id.Contains("quality", StringComparison.Ordinal) ? UpscalingModelSource.Quality : UpscalingModelSource.Fast;
        source = id switch
        {
            "sr-x1" => UpscalingModelSource.Restoration,
            "sr-x3-quality" => UpscalingModelSource.Tripling,
            _ => id.EndsWith("coded", StringComparison.Ordinal) ? source : source.Clean!,
        };
        string path = Path.Combine(Repository.Root, "models", id, "model.onnx");
        UpscalingModel released = UpscalingModel.Load(File.ReadAllBytes(path), path);

        Assert.Equal(released.Info.WeightsSha256, source.Load().Info.WeightsSha256);
        Assert.Equal((released.Info.Scale, ReasonCode.Ok), (source.KnownScale, source.State));
        Assert.Same(source.Load(), source.Load());
    }

    [Fact]
    public void Load_FromManyThreads_LoadsOnce()
    {
        int loads = 0;
        var source = UpscalingModelSource.From("counted", () =>
        {
            Interlocked.Increment(ref loads);
            return Reliability.Models.Small.Load();
        });
        Assert.Equal((ReasonCode.Warming, 0), (source.State, loads));

        source.Start();
        source.Start();
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() => source.Load())).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal((1, ReasonCode.Ok), (loads, source.State));
    }

    [Fact]
    public void Load_ThatThrows_ThrowsTheSameEachTimeAndNamesTheFile()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString(), "model.onnx");
        var source = UpscalingModelSource.FromFile(path);

        DirectoryNotFoundException first = Assert.Throws<DirectoryNotFoundException>(() => source.Load());
        Assert.Same(first, Assert.Throws<DirectoryNotFoundException>(() => source.Load()));
        Assert.Contains(path, first.Message, StringComparison.Ordinal);
        Assert.Equal((ReasonCode.ModelMissing, path), (source.State, source.Name));
    }

    [Fact]
    public void Sources_OfNothing_AreRefused()
    {
        Assert.Throws<ArgumentNullException>(() => UpscalingModelSource.FromFile(null!));
        Assert.Throws<ArgumentNullException>(() => UpscalingModelSource.FromModel(null!));
        Assert.Throws<ArgumentNullException>(() => UpscalingModelSource.From("none", null!));
    }
}
