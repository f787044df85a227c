using RtcEnhance.Inference;

namespace RtcEnhance.Audio;

/// <summary>
/// Where a concealment network comes from. It is loaded once, by whoever asks first, and shared by all streams that were
/// given the same source; an <see cref="AudioReceiver"/> has it loaded on a thread of its own and conceals classically
/// until then. Thread-safe.
/// </summary>
public sealed class ConcealmentModelSource
{
    private const string ResourceName = "plc.onnx";
    private const string SmallResourceName = "plc-small.onnx";

    private readonly ModelLoader<ConcealmentModel> _loader;

    private ConcealmentModelSource(string name, ModelLoader<ConcealmentModel> loader)
    {
        Name = name;
        _loader = loader;
    }

    /// <summary>The network that comes with the library, <c>models/plc</c>; ModelMissing in a build without one.</summary>
    public static ConcealmentModelSource BuiltIn { get; } = From("plc", () => LoadResource(ResourceName));

    /// <summary>
    /// One of a quarter of its size for slower devices, <c>models/plc-small</c>, which comes with the library too;
    /// ModelMissing in a build without one.
    /// </summary>
    public static ConcealmentModelSource BuiltInSmall { get; } = From("plc-small", () => LoadResource(SmallResourceName));

    /// <summary>Whether this build comes with <see cref="BuiltIn"/>.</summary>
    public static bool HasBuiltIn => typeof(ConcealmentModelSource).Assembly.GetManifestResourceInfo(ResourceName) is not null;

    /// <summary>What the source is called in messages.</summary>
    public string Name { get; }

    /// <summary>Ok once it is loaded; Warming before; ModelMissing or ModelInvalid where there is no usable network.</summary>
    internal ReasonCode State => _loader.State;

    /// <summary>The network; null while, and where, there is none.</summary>
    internal ConcealmentModel? Model => _loader.Model;

    /// <summary>What loading threw; null while, and where, it threw nothing.</summary>
    internal Exception? Fault => _loader.Fault;

    /// <summary>An ONNX file.</summary>
    /// <param name="path">Its path; read when it is loaded.</param>
    /// <returns>The source. A file that does not exist is reason ModelMissing, an unusable one ModelInvalid.</returns>
    public static ConcealmentModelSource FromFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return From(path, () => ModelLoader<ConcealmentModel>.FromFile(path, ConcealmentModel.Load));
    }

    /// <summary>A network that is loaded already.</summary>
    /// <param name="model">The network.</param>
    /// <returns>The source.</returns>
    public static ConcealmentModelSource FromModel(ConcealmentModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ConcealmentModelSource(model.Info.Id, new ModelLoader<ConcealmentModel>(model));
    }

    /// <summary>A network from anywhere.</summary>
    /// <param name="name">What the source is called in messages.</param>
    /// <param name="load">
    /// Loads it; called once, on any thread. <see cref="FileNotFoundException"/> and
    /// <see cref="DirectoryNotFoundException"/> mean ModelMissing, everything else that it throws ModelInvalid.
    /// </param>
    /// <returns>The source.</returns>
    public static ConcealmentModelSource From(string name, Func<ConcealmentModel> load)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(load);
        return new ConcealmentModelSource(name, new ModelLoader<ConcealmentModel>(load, ConcealerWarmUp.Run));
    }

    /// <summary>The network; loads it, or waits until it is loaded. The answer, or what it throws, never changes.</summary>
    /// <returns>The network.</returns>
    /// <exception cref="ModelFormatException">The file is damaged, or its network is not one that the engine runs.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    public ConcealmentModel Load() => _loader.Load();

    /// <summary>Has it loaded on a thread of its own, unless that was begun before.</summary>
    internal void Start() => _loader.Start();

    private static ConcealmentModel LoadResource(string name)
        => ModelLoader<ConcealmentModel>.FromResource(typeof(ConcealmentModelSource).Assembly, name, ConcealmentModel.Load);
}
