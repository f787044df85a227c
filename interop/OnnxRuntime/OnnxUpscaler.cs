using Microsoft.ML.OnnxRuntime;
using RtcEnhance.Inference;
using RtcEnhance.Video;

namespace RtcEnhance.OnnxRuntime;

/// <summary>
/// Enlarges luma by one of RtcEnhance's networks on ONNX Runtime, in floats, and chroma by the bicubic filter: for
/// machines whose execution provider (CUDA, DirectML, CoreML) is faster than the library's own engine, which a CPU's is
/// not. Given to <see cref="VideoEnhancerOptions.SuperResolutionFactory"/> it is admitted, measured and replaced as any other stage.
/// One thread at a time.
/// </summary>
public sealed class OnnxUpscaler : IStage<SuperResolutionJob>, IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly BicubicUpscaler _bicubic = new();
    private readonly int _scale;
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private float[] _luma = [];
    private float[] _upscaled = [];
    private OrtValue? _input;
    private OrtValue? _output;
    private (int Width, int Height) _size;

    /// <summary>An upscaler for one stream.</summary>
    /// <param name="onnx">The bytes of a model file of RtcEnhance's.</param>
    /// <param name="name">Path or name of the file, for messages.</param>
    /// <param name="options">ONNX Runtime's, with the execution provider appended to them; stays the caller's. Null for the CPU, one thread.</param>
    /// <exception cref="ModelFormatException">The file is damaged, or not one of RtcEnhance's.</exception>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime cannot run it with these options.</exception>
    /// <exception cref="DllNotFoundException">ONNX Runtime's native library is not there: the application needs the package Microsoft.ML.OnnxRuntime or another build of it.</exception>
    public OnnxUpscaler(ReadOnlySpan<byte> onnx, string name, SessionOptions? options = null)
    {
        // Checked before a native library reads it.
        ModelInfo info = UpscalingModel.Load(onnx, name).Info;
        Name = $"{info.Id}@onnxruntime";
        _scale = info.Scale;
        using SessionOptions? own = options is null ? new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 } : null;
        _session = new InferenceSession(onnx.ToArray(), options ?? own!);
        _inputs = [.. _session.InputNames];
        _outputs = [.. _session.OutputNames];
    }

    /// <summary>The model's id, and where it runs.</summary>
    public string Name { get; }

    /// <summary>Writes the whole target.</summary>
    /// <param name="job">The work; its target is as many times as large as its source as the model's scale says.</param>
    /// <exception cref="ArgumentException">Source and target have different layouts, or sizes that do not fit the scale.</exception>
    /// <exception cref="OnnxRuntimeException">The execution provider failed.</exception>
    public void Process(scoped ref SuperResolutionJob job)
    {
        PlaneView source = job.Source.Y;
        PlaneView target = job.Target.Y;
        if (target.Width != _scale * source.Width || target.Height != _scale * source.Height)
        {
            throw new ArgumentException(
                $"The model '{Name}' makes {_scale * source.Width}x{_scale * source.Height} of {source.Width}x{source.Height}, not {target.Width}x{target.Height}.", nameof(job));
        }

        // Luma, too: a hundredth of the network's time, and the filter for chroma alone is not the library's to give.
        _bicubic.Process(ref job);
        Prepare(source.Width, source.Height);
        for (int y = 0; y < source.Height; y++)
        {
            ReadOnlySpan<byte> row = source.Row(y);
            Span<float> floats = _luma.AsSpan(y * source.Width, source.Width);
            for (int x = 0; x < floats.Length; x++)
                floats[x] = row[x] / 255f;
        }

        _session.Run(_run, _inputs, [_input!], _outputs, [_output!]);
        for (int y = 0; y < target.Height; y++)
        {
            Span<byte> row = target.Row(y);
            ReadOnlySpan<float> floats = _upscaled.AsSpan(y * target.Width, target.Width);
            for (int x = 0; x < floats.Length; x++)
                row[x] = (byte)Math.Clamp((int)MathF.Round(255 * floats[x]), 0, 255);
        }
    }

    /// <inheritdoc/>
    public void Observe(scoped in SuperResolutionJob job)
    {
    }

    /// <inheritdoc/>
    public void Reset() => _bicubic.Reset();

    /// <summary>Frees the session.</summary>
    public void Dispose()
    {
        _input?.Dispose();
        _output?.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    private void Prepare(int width, int height)
    {
        if (_size == (width, height))
            return;
        _input?.Dispose();
        _output?.Dispose();
        _luma = new float[width * height];
        _upscaled = new float[_scale * width * _scale * height];
        _input = OrtValue.CreateTensorValueFromMemory(_luma, [1, 1, height, width]);
        _output = OrtValue.CreateTensorValueFromMemory(_upscaled, [1, 1, _scale * height, _scale * width]);
        _size = (width, height);
    }
}
