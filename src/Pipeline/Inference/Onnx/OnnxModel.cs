using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RtcEnhance.Inference;

/// <summary>
/// The parts of an ONNX file that the engine needs, read and checked: operators, constants, metadata. Immutable.
/// Thread-safe.
/// </summary>
internal sealed class OnnxModel
{
    /// <summary>The largest file that is read.</summary>
    public const int MostBytes = 4 << 20;

    private const int MostNodes = 256;
    private const int MostProperties = 64;
    private const int OldestOperators = 13;
    private const int NewestOperators = 24;

    private readonly List<OnnxNode> _nodes = [];
    private readonly Dictionary<string, OnnxTensor> _tensors = new(StringComparer.Ordinal);
    private readonly List<OnnxTensor> _stored = [];
    private readonly Dictionary<string, string> _properties = new(StringComparer.Ordinal);
    private readonly List<string> _inputs = [];
    private readonly List<string> _outputs = [];

    private OnnxModel(string name) => Name = name;

    /// <summary>The file's name, for messages.</summary>
    public string Name { get; }

    /// <summary>The operators; a Constant has become a tensor.</summary>
    public IReadOnlyList<OnnxNode> Nodes => _nodes;

    /// <summary>The name of the one input.</summary>
    public string Input => _inputs[0];

    /// <summary>The name of the one output.</summary>
    public string Output => _outputs[0];

    /// <summary>Reads a file.</summary>
    /// <param name="data">Its bytes.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="ModelFormatException">It is damaged, too large, or not an ONNX model.</exception>
    public static OnnxModel Parse(ReadOnlySpan<byte> data, string name)
    {
        if (data.Length > MostBytes)
            throw new ModelFormatException(name, "file", $"at most {MostBytes} bytes", $"{data.Length}");
        if (data.StartsWith("version https://git-lfs"u8))
            throw new ModelFormatException(name, "file", "a model", "a Git LFS pointer to it; fetch the file itself");
        var model = new OnnxModel(name);
        model.Read(data);
        return model;
    }

    /// <summary>A constant, or null where the name is not a constant's.</summary>
    public OnnxTensor? FindTensor(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>A metadata property.</summary>
    /// <returns>Null where it is left out.</returns>
    public string? FindProperty(string key) => _properties.GetValueOrDefault(key);

    /// <summary>A metadata property that must be there.</summary>
    /// <exception cref="ModelFormatException">It is left out or empty.</exception>
    public string GetProperty(string key)
        => FindProperty(key) is { Length: > 0 } value ? value : throw new ModelFormatException(Name, $"property '{key}'", "a value", "none");

    /// <summary>SHA-256 over the float32 bytes of the constants, in file order, that layers and slopes use.</summary>
    /// <returns>Lower-case hexadecimal digits.</returns>
    public string ComputeWeightsHash()
    {
        HashSet<string> used = [.. _nodes.Where(node => node.Operation is "Conv" or "PRelu" or "Gemm" or "GRU").SelectMany(node => node.Inputs)];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (OnnxTensor tensor in _stored)
        {
            if (!used.Contains(tensor.Name) || tensor.Floats is null)
                continue;
            foreach (float value in tensor.Floats)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
                hash.AppendData(bytes);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void Read(ReadOnlySpan<byte> data)
    {
        var reader = new ProtobufReader(data, Name, "file");
        bool hasGraph = false;
        long operators = 0;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 7:
                    if (hasGraph)
                        throw reader.Fault("one graph", "two");
                    hasGraph = true;
                    ReadGraph(reader.ReadBytes());
                    break;
                case 8: operators = Math.Max(operators, ReadOperatorSet(reader.ReadBytes())); break;
                case 14: ReadProperty(reader.ReadBytes()); break;
                default: reader.Skip(); break;
            }
        }

        if (!hasGraph)
            throw reader.Fault("an ONNX model", "no graph");
        if (operators is < OldestOperators or > NewestOperators)
            throw reader.Fault($"operator set {OldestOperators} to {NewestOperators}", $"{operators}");
        if (_inputs.Count != 1 || _outputs.Count != 1)
            throw reader.Fault("one input and one output", $"{_inputs.Count} and {_outputs.Count}");
    }

    private void ReadGraph(ReadOnlySpan<byte> data)
    {
        var reader = new ProtobufReader(data, Name, "graph");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: AddNode(OnnxNode.Parse(reader.ReadBytes(), Name)); break;
                case 5:
                    OnnxTensor tensor = OnnxTensor.Parse(reader.ReadBytes(), Name);
                    _stored.Add(tensor);
                    AddTensor(tensor.Name, tensor);
                    break;
                case 11: _inputs.Add(ReadName(reader.ReadBytes())); break;
                case 12: _outputs.Add(ReadName(reader.ReadBytes())); break;
                default: reader.Skip(); break;
            }

            if (_nodes.Count > MostNodes || _tensors.Count > MostNodes || _inputs.Count > MostNodes || _outputs.Count > MostNodes)
                throw reader.Fault($"at most {MostNodes} nodes and tensors", "more");
        }

        // Older files list the constants among the inputs as well.
        _inputs.RemoveAll(_tensors.ContainsKey);
    }

    private void AddNode(OnnxNode node)
    {
        if (node.Operation != "Constant")
            _nodes.Add(node);
        else if (node.Find("value")?.Tensor is { } tensor)
            AddTensor(node.Output, tensor);
        else
            throw node.Fault("a tensor as its value", string.Join(", ", node.Attributes));
    }

    private void AddTensor(string name, OnnxTensor tensor)
    {
        if (name.Length == 0 || !_tensors.TryAdd(name, tensor))
            throw new ModelFormatException(Name, $"tensor '{name}'", "a name of its own", "one that another tensor has");
    }

    private string ReadName(ReadOnlySpan<byte> data)
    {
        var reader = new ProtobufReader(data, Name, "an input or output");
        string name = "";
        while (reader.Next())
        {
            if (reader.Field == 1)
                name = reader.ReadText();
            else
                reader.Skip();
        }

        return name;
    }

    private long ReadOperatorSet(ReadOnlySpan<byte> data)
    {
        var reader = new ProtobufReader(data, Name, "operator set");
        string domain = "";
        long version = 0;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: domain = reader.ReadText(); break;
                case 2: version = reader.ReadInteger(); break;
                default: reader.Skip(); break;
            }
        }

        return domain is "" or "ai.onnx" ? version : 0;
    }

    private void ReadProperty(ReadOnlySpan<byte> data)
    {
        var reader = new ProtobufReader(data, Name, "metadata");
        string key = "";
        string value = "";
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: key = reader.ReadText(); break;
                case 2: value = reader.ReadText(); break;
                default: reader.Skip(); break;
            }
        }

        if (_properties.Count == MostProperties)
            throw reader.Fault($"at most {MostProperties} properties", "more");
        if (!_properties.TryAdd(key, value))
            throw new ModelFormatException(Name, $"property '{key}'", "one value", "two");
    }
}
