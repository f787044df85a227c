namespace RtcEnhance.Inference;

/// <summary>One attribute of an operator. Immutable. Thread-safe.</summary>
internal sealed record OnnxAttribute(string Name, long Integer, float Single, string Text, long[] Integers, OnnxTensor? Tensor)
{
    private const int MostIntegers = 16;

    /// <summary>Reads an AttributeProto.</summary>
    /// <param name="data">The message.</param>
    /// <param name="model">The model's name, for messages.</param>
    /// <param name="node">The operator, for messages.</param>
    /// <exception cref="ModelFormatException">It is damaged or too large.</exception>
    public static OnnxAttribute Parse(ReadOnlySpan<byte> data, string model, string node)
    {
        var reader = new ProtobufReader(data, model, $"an attribute of {node}");
        string name = "";
        string text = "";
        long integer = 0;
        float single = 0;
        var integers = new List<long>();
        OnnxTensor? tensor = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.ReadText(); break;
                case 2: single = reader.ReadSingle(); break;
                case 3: integer = reader.ReadInteger(); break;
                case 4: text = reader.ReadText(); break;
                case 5: tensor = OnnxTensor.Parse(reader.ReadBytes(), model, $"{node}.{name}"); break;
                case 8: reader.ReadIntegers(integers, MostIntegers); break;
                default: reader.Skip(); break;
            }
        }

        return new OnnxAttribute(name, integer, single, text, [.. integers], tensor);
    }
}
