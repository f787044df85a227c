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
    public ModelLoader(Func<TModel> load) => _outcome = new Lazy<Outcome>(() => Try(load));

    /// <summary>Ok once it is loaded; Warming before; ModelMissing or ModelInvalid where there is no usable model.</summary>
    public ReasonCode State => _outcome.IsValueCreated ? _outcome.Value.State : ReasonCode.Warming;

    /// <summary>The model; null while, and where, there is none.</summary>
    public TModel? Model => _outcome.IsValueCreated ? _outcome.Value.Model : null;

    /// <summary>What loading threw; null while, and where, it threw nothing.</summary>
    public Exception? Fault => _outcome.IsValueCreated ? _outcome.Value.Fault : null;

    /// <summary>All of a stream that is no longer than a model may be.</summary>
    /// <exception cref="ModelFormatException">It is longer.</exception>
    public static byte[] Read(Stream stream, string name)
    {
        if (stream.Length > OnnxModel.MostBytes)
            throw new ModelFormatException(name, "file", $"at most {OnnxModel.MostBytes} bytes", $"{stream.Length}");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
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

    private static Outcome Try(Func<TModel> load)
    {
        try
        {
            return new Outcome(load(), ReasonCode.Ok, null);
        }
        catch (Exception exception)
        {
            bool isMissing = exception is FileNotFoundException or DirectoryNotFoundException;
            return new Outcome(null, isMissing ? ReasonCode.ModelMissing : ReasonCode.ModelInvalid, exception);
        }
    }

    private sealed record Outcome(TModel? Model, ReasonCode State, Exception? Fault);
}
