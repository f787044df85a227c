using System.Buffers.Binary;

namespace RtcEnhance.Inference;

/// <summary>A constant of a model: float32, or int64 for shapes. Immutable. Thread-safe.</summary>
internal sealed class OnnxTensor
{
    private const int FloatType = 1;
    private const int Int64Type = 7;
    private const int MostDimensions = 8;
    private const int MostElements = 1 << 20;

    private OnnxTensor(string name, int[] dimensions, float[]? floats, long[]? integers)
    {
        Name = name;
        Dimensions = dimensions;
        Floats = floats;
        Integers = integers;
    }

    /// <summary>Its name in the graph.</summary>
    public string Name { get; }

    /// <summary>Its shape; empty for a single value.</summary>
    public int[] Dimensions { get; }

    /// <summary>The values, finite, row-major; null where it holds integers.</summary>
    public float[]? Floats { get; }

    /// <summary>The values; null where it holds floats.</summary>
    public long[]? Integers { get; }

    /// <summary>The shape as it appears in messages.</summary>
    public string Shape => $"[{string.Join(", ", Dimensions)}]";

    /// <summary>Reads a TensorProto.</summary>
    /// <param name="data">The message.</param>
    /// <param name="model">The model's name, for messages.</param>
    /// <param name="name">The name to give it, or null for its own.</param>
    /// <exception cref="ModelFormatException">It is damaged, too large, of another type or not finite.</exception>
    public static OnnxTensor Parse(ReadOnlySpan<byte> data, string model, string? name = null)
    {
        name ??= ReadName(data, model);
        string part = $"tensor '{name}'";
        var reader = new ProtobufReader(data, model, part);
        var dimensions = new List<long>();
        var integers = new List<long>();
        long type = 0;
        ReadOnlySpan<byte> raw = default;
        ReadOnlySpan<byte> packedFloats = default;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: reader.ReadIntegers(dimensions, MostDimensions); break;
                case 2: type = reader.ReadInteger(); break;
                case 4: packedFloats = reader.ReadBytes(); break;
                case 7: reader.ReadIntegers(integers, MostDimensions); break;
                case 9: raw = reader.ReadBytes(); break;
                case 3 or 13: throw reader.Fault("its values in one piece in the file itself", "segments or external data");
                default: reader.Skip(); break;
            }
        }

        int elements = CountElements(reader, dimensions);
        int[] shape = [.. dimensions.Select(d => (int)d)];
        return type switch
        {
            FloatType => new OnnxTensor(name, shape, ReadFloats(reader, raw.IsEmpty ? packedFloats : raw, elements), null),
            Int64Type => new OnnxTensor(name, shape, null, integers.Count > 0 && integers.Count == elements ? [.. integers] : ReadInt64s(reader, raw, elements)),
            _ => throw reader.Fault("type FLOAT (1) or INT64 (7)", $"type {type}"),
        };
    }

    private static string ReadName(ReadOnlySpan<byte> data, string model)
    {
        var reader = new ProtobufReader(data, model, "an initialiser");
        string name = "";
        while (reader.Next())
        {
            if (reader.Field == 8)
                name = reader.ReadText();
            else
                reader.Skip();
        }

        return name;
    }

    private static int CountElements(in ProtobufReader reader, List<long> dimensions)
    {
        long elements = 1;
        foreach (long dimension in dimensions)
        {
            if (dimension is < 0 or > MostElements || (elements *= dimension) > MostElements)
                throw reader.Fault($"at most {MostElements} elements", $"[{string.Join(", ", dimensions)}]");
        }

        return (int)elements;
    }

    private static float[] ReadFloats(in ProtobufReader reader, ReadOnlySpan<byte> raw, int elements)
    {
        if (raw.Length != elements * sizeof(float))
            throw reader.Fault($"{elements * sizeof(float)} bytes of values", $"{raw.Length}");
        var values = new float[elements];
        for (int i = 0; i < elements; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(raw[(i * sizeof(float))..]);
            if (!float.IsFinite(values[i]))
                throw reader.Fault("finite values", $"{values[i]} at {i}");
        }

        return values;
    }

    private static long[] ReadInt64s(in ProtobufReader reader, ReadOnlySpan<byte> raw, int elements)
    {
        if (elements > MostDimensions || raw.Length != elements * sizeof(long))
            throw reader.Fault($"{elements * sizeof(long)} bytes of values, at most {MostDimensions} of them", $"{raw.Length}");
        var values = new long[elements];
        for (int i = 0; i < elements; i++)
            values[i] = BinaryPrimitives.ReadInt64LittleEndian(raw[(i * sizeof(long))..]);
        return values;
    }
}
