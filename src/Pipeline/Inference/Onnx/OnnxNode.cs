namespace RtcEnhance.Inference;

/// <summary>One operator of a graph. Immutable. Thread-safe.</summary>
internal sealed class OnnxNode
{
    private const int MostNames = 16;

    private readonly Dictionary<string, OnnxAttribute> _attributes;
    private readonly string _model;

    private OnnxNode(string model, string operation, List<string> inputs, List<string> outputs, Dictionary<string, OnnxAttribute> attributes)
    {
        _model = model;
        Operation = operation;
        Inputs = inputs;
        Output = outputs[0];
        _attributes = attributes;
    }

    /// <summary>The operator, for example <c>Conv</c>.</summary>
    public string Operation { get; }

    /// <summary>Names of its inputs; empty for one that is left out.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>The name of its output.</summary>
    public string Output { get; }

    /// <summary>Names of its attributes.</summary>
    public IEnumerable<string> Attributes => _attributes.Keys;

    /// <summary>How messages name it.</summary>
    public string Description => $"{Operation} '{Output}'";

    /// <summary>Reads a NodeProto.</summary>
    /// <param name="data">The message.</param>
    /// <param name="model">The model's name, for messages.</param>
    /// <exception cref="ModelFormatException">It is damaged, too large, or has several outputs.</exception>
    public static OnnxNode Parse(ReadOnlySpan<byte> data, string model)
    {
        var reader = new ProtobufReader(data, model, "a node");
        var inputs = new List<string>();
        var outputs = new List<string>();
        var attributes = new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal);
        string operation = "";
        string domain = "";
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: inputs.Add(reader.ReadText()); break;
                case 2: outputs.Add(reader.ReadText()); break;
                case 4: operation = reader.ReadText(); break;
                case 5:
                    OnnxAttribute attribute = OnnxAttribute.Parse(reader.ReadBytes(), model, operation);
                    attributes[attribute.Name] = attribute;
                    break;
                case 7: domain = reader.ReadText(); break;
                default: reader.Skip(); break;
            }

            if (inputs.Count > MostNames || attributes.Count > MostNames)
                throw reader.Fault($"at most {MostNames} inputs and attributes", "more");
        }

        if (outputs.Count != 1 || outputs[0].Length == 0)
            throw reader.Fault("one output", $"{outputs.Count} of {operation}");
        if (domain is not ("" or "ai.onnx"))
            throw reader.Fault("a standard operator", $"{operation} of domain '{domain}'");
        return new OnnxNode(model, operation, inputs, outputs, attributes);
    }

    /// <summary>An attribute.</summary>
    /// <returns>Null where it is left out.</returns>
    public OnnxAttribute? Find(string attribute) => _attributes.GetValueOrDefault(attribute);

    /// <summary>A whole-number attribute.</summary>
    public long GetInteger(string attribute, long byDefault) => Find(attribute)?.Integer ?? byDefault;

    /// <summary>A text attribute.</summary>
    public string GetText(string attribute, string byDefault) => Find(attribute)?.Text ?? byDefault;

    /// <summary>A float attribute.</summary>
    public float GetSingle(string attribute, float byDefault) => Find(attribute)?.Single ?? byDefault;

    /// <summary>An exception about this operator.</summary>
    public ModelFormatException Fault(string expected, string found) => new(_model, Description, expected, found);
}
