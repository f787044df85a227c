using System.Reflection;
using System.Runtime.ExceptionServices;

namespace RtcEnhance.Inference;

/// <summary>A model that is loaded once, by whoever asks first or on a thread of its own. Thread-safe.</summary>
/// <typeparam name="TModel">The model.</typeparam>
internal sealed class ModelLoader<TModel>
    where TModel : class
{
    private readonly Lazy<Outcome> _outcome;
    private int _isStarted;

    /// <summary>A model that is there.</summary>
    public ModelLoader(TModel model) => _outcome = new Lazy<Outcome>(new Outcome(model, ReasonCode.Ok, null));

    /// <summary>A model to load.</summary>
    /// <param name="load">A missing file or folder is ModelMissing, everything else that it throws ModelInvalid.</param>
    /// <param name="warmUp">Runs it once, so that its code is compiled before a stream asks for it.</param>
    public ModelLoader(Func<TModel> load, Action<TModel> warmUp) => _outcome = new Lazy<Outcome>(() => Try(load, warmUp));

    /// <summary>Makes a model of a file's bytes; its name is for messages.</summary>
    public delegate TModel Parser(ReadOnlySpan<byte> onnx, string name);

    /// <summary>Ok once it is loaded; Warming before; ModelMissing or ModelInvalid where there is no usable model.</summary>
    public ReasonCode State => _outcome.IsValueCreated ? _outcome.Value.State : ReasonCode.Warming;

    /// <summary>The model; null while, and where, there is none.</summary>
    public TModel? Model => _outcome.IsValueCreated ? _outcome.Value.Model : null;

    /// <summary>What loading threw; null while, and where, it threw nothing.</summary>
    public Exception? Fault => _outcome.IsValueCreated ? _outcome.Value.Fault : null;

    /// <summary>Reads a model file.</summary>
    public static TModel FromFile(string path, Parser parse)
    {
        using FileStream stream = File.OpenRead(path);
        return parse(Read(stream, path), path);
    }

    /// <summary>Reads a model that comes with an assembly.</summary>
    /// <exception cref="FileNotFoundException">This build comes without it.</exception>
    public static TModel FromResource(Assembly assembly, string name, Parser parse)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)
            ?? throw new FileNotFoundException($"The model '{name}' is not in this build.");
        return parse(Read(stream, name), name);
    }

    /// <summary>The model; loads it, or waits until it is loaded.</summary>
    public TModel Load()
    {
        Outcome outcome = _outcome.Value;
        if (outcome.Model is null)
            ExceptionDispatchInfo.Throw(outcome.Fault!);
        return outcome.Model;
    }

    /// <summary>Has it loaded on a thread of its own, unless that was begun before.</summary>
    public void Start()
    {
        if (_outcome.IsValueCreated || Interlocked.Exchange(ref _isStarted, 1) != 0)
            return;
        new Thread(() => _ = _outcome.Value) { Name = "RtcEnhance model loader", IsBackground = true }.Start();
    }

    private static byte[] Read(Stream stream, string name)
    {
        if (stream.Length > OnnxModel.MostBytes)
            throw new ModelFormatException(name, "file", $"at most {OnnxModel.MostBytes} bytes", $"{stream.Length}");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static Outcome Try(Func<TModel> load, Action<TModel> warmUp)
    {
        try
        {
            TModel model = load();
            warmUp(model);
            return new Outcome(model, ReasonCode.Ok, null);
        }
        catch (Exception exception)
        {
            bool isMissing = exception is FileNotFoundException or DirectoryNotFoundException;
            return new Outcome(null, isMissing ? ReasonCode.ModelMissing : ReasonCode.ModelInvalid, exception);
        }
    }

    private sealed record Outcome(TModel? Model, ReasonCode State, Exception? Fault);
}
