using RtcEnhance.Inference;

namespace RtcEnhance.Video;

/// <summary>
/// Where a network comes from. It is loaded once, by whoever asks first, and shared by all streams that were given the
/// same source; a <see cref="VideoEnhancer"/> has it loaded on a thread of its own and enlarges classically until then.
/// Thread-safe.
/// </summary>
public sealed class UpscalingModelSource
{
    private readonly ModelLoader<UpscalingModel> _loader;

    private UpscalingModelSource(string name, ModelLoader<UpscalingModel> loader, int? scale, UpscalingModelSource? clean = null)
    {
        Clean = clean;
        Name = name;
        _loader = loader;
        KnownScale = scale;
    }

    /// <summary>
    /// The larger network that comes with the library, <c>models/sr-x2-quality-coded</c> and, as <see cref="Clean"/>,
    /// <c>models/sr-x2-quality</c>: doubles width and height.
    /// </summary>
    public static UpscalingModelSource Quality { get; } = FromResource("sr-x2-quality-coded").WithClean(FromResource("sr-x2-quality"));

    /// <summary>
    /// The smaller network that comes with the library, <c>models/sr-x2-fast-coded</c> and, as <see cref="Clean"/>,
    /// <c>models/sr-x2-fast</c>: doubles width and height.
    /// </summary>
    public static UpscalingModelSource Fast { get; } = FromResource("sr-x2-fast-coded").WithClean(FromResource("sr-x2-fast"));

    /// <summary>
    /// The larger network that comes with the library, <c>models/sr-x3-quality</c>, with a last layer that triples width and
    /// height. It was trained on clean pictures alone, and not measured on a codec's: it is nobody's default.
    /// </summary>
    public static UpscalingModelSource Tripling { get; } = FromResource("sr-x3-quality", scale: 3);

    /// <summary>
    /// The network that comes with the library for pictures that keep their size, <c>models/sr-x1</c>: takes a codec's traces
    /// out of luma.
    /// </summary>
    public static UpscalingModelSource Restoration { get; } = FromResource("sr-x1", scale: 1);

    /// <summary>What the source is called in messages.</summary>
    public string Name { get; }

    /// <summary>
    /// Another set of weights, for pictures that a codec has hardly touched: taken where <see cref="VideoFrame.EncodedBytes"/>
    /// says so, never where it is not known. Null where there is none.
    /// </summary>
    public UpscalingModelSource? Clean { get; }

    /// <summary>Ok once it is loaded; Warming before; ModelMissing or ModelInvalid where there is no usable network.</summary>
    internal ReasonCode State => _loader.State;

    /// <summary>The network; null while, and where, there is none.</summary>
    internal UpscalingModel? Model => _loader.Model;

    /// <summary>What loading threw; null while, and where, it threw nothing.</summary>
    internal Exception? Fault => _loader.Fault;

    /// <summary>What the network multiplies width and height by; null where that is not known before it is loaded.</summary>
    internal int? KnownScale { get; }

    /// <summary>An ONNX file.</summary>
    /// <param name="path">Its path; read when it is loaded.</param>
    /// <returns>The source. A file that does not exist is reason ModelMissing, an unusable one ModelInvalid.</returns>
    public static UpscalingModelSource FromFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return From(path, () => ModelLoader<UpscalingModel>.FromFile(path, UpscalingModel.Load));
    }

    /// <summary>A network that is loaded already.</summary>
    /// <param name="model">The network.</param>
    /// <returns>The source.</returns>
    public static UpscalingModelSource FromModel(UpscalingModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new UpscalingModelSource(model.Info.Id, new ModelLoader<UpscalingModel>(model), model.Info.Scale);
    }

    /// <summary>A network from anywhere.</summary>
    /// <param name="name">What the source is called in messages.</param>
    /// <param name="load">
    /// Loads it; called once, on any thread. <see cref="FileNotFoundException"/> and
    /// <see cref="DirectoryNotFoundException"/> mean ModelMissing, everything else that it throws ModelInvalid.
    /// </param>
    /// <returns>The source.</returns>
    public static UpscalingModelSource From(string name, Func<UpscalingModel> load)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(load);
        return new UpscalingModelSource(name, Loader(load), null);
    }

    /// <summary>The same source with another set of weights for clean pictures.</summary>
    /// <param name="clean">Where those come from; null for none.</param>
    /// <returns>A source that shares what this one has loaded.</returns>
    public UpscalingModelSource WithClean(UpscalingModelSource? clean) => new(Name, _loader, KnownScale, clean);

    /// <summary>The network; loads it, or waits until it is loaded. The answer, or what it throws, never changes.</summary>
    /// <returns>The network.</returns>
    /// <exception cref="ModelFormatException">The file is damaged, or its network is not one that the engine runs.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    public UpscalingModel Load() => _loader.Load();

    /// <summary>Has it loaded on a thread of its own, unless that was begun before.</summary>
    internal void Start() => _loader.Start();

    private static UpscalingModelSource FromResource(string id, int scale = 2)
        => new(id, Loader(() => LoadResource(id)), scale);

    private static UpscalingModel LoadResource(string id)
        => ModelLoader<UpscalingModel>.FromResource(typeof(UpscalingModelSource).Assembly, $"{id}.onnx", UpscalingModel.Load);

    private static ModelLoader<UpscalingModel> Loader(Func<UpscalingModel> load) => new(load, UpscalerWarmUp.Run);
}
