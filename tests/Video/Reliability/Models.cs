using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video.Reliability;

/// <summary>Networks for tests of what is around them.</summary>
internal static class Models
{
    /// <summary>Doubles pictures, in no time to speak of.</summary>
    public static UpscalingModelSource Small { get; } = UpscalingModelSource.FromModel(Load(new RandomUpscaler { Widths = [4, 4] }.ToArray()));

    public static UpscalingModel Load(byte[] onnx) => UpscalingModel.Load(onnx, "test");
}
