using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace RtcEnhance.Tests;

/// <summary>Writes ONNX files piece by piece, right or wrong, as models/training/onnx_file.py does.</summary>
internal sealed class OnnxFile
{
    private readonly List<byte> _graph = [];
    private readonly List<(string Name, float[] Values)> _weights = [];

    public Dictionary<string, string> Properties { get; } = new()
    {
        ["id"] = "test-1",
        ["task"] = "super-resolution",
        ["scale"] = "2",
        ["licence"] = "MIT",
        ["training_data"] = "none",
    };

    public long OperatorSet { get; set; } = 17;

    public OnnxFile Input(string name) => Add(11, Value(name));

    public OnnxFile Output(string name) => Add(12, Value(name));

    public OnnxFile Weights(string name, int[] shape, params float[] values)
    {
        _weights.Add((name, values));
        return Floats(name, shape, values);
    }

    public OnnxFile Floats(string name, int[] shape, params float[] values)
        => Tensor(name, shape.Select(d => (long)d), 1, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public OnnxFile Tensor(string name, IEnumerable<long> shape, int type, byte[] raw)
        => Add(5, [.. shape.SelectMany(d => Integer(1, d)), .. Integer(2, type), .. Text(8, name), .. Bytes(9, raw)]);

    public OnnxFile Node(string operation, string[] inputs, string output, params (string Name, object Value)[] attributes)
        => Add(1, [
            .. inputs.SelectMany(i => Text(1, i)),
            .. Text(2, output),
            .. Text(4, operation),
            .. attributes.SelectMany(a => Bytes(5, Attribute(a.Name, a.Value)))]);

    public byte[] ToArray()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((_, float[] values) in _weights)
            hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
        Properties.TryAdd("weights_sha256", Convert.ToHexStringLower(hash.GetHashAndReset()));
        return [
            .. Integer(1, 8),
            .. Bytes(7, [.. _graph, .. Text(2, "graph")]),
            .. Bytes(8, Integer(2, OperatorSet)),
            .. Properties.SelectMany(p => Bytes(14, [.. Text(1, p.Key), .. Text(2, p.Value)]))];
    }

    // Float, [1, 1, rows, columns]; both sizes have a name of their own.
    private static byte[] Value(string name)
    {
        byte[] one = Bytes(1, Integer(1, 1));
        byte[] shape = [.. one, .. one, .. Bytes(1, Text(2, name + "_rows")), .. Bytes(1, Text(2, name + "_columns"))];
        return [.. Text(1, name), .. Bytes(2, Bytes(1, [.. Integer(1, 1), .. Bytes(2, shape)]))];
    }

    private static byte[] Attribute(string name, object value)
    {
        byte[] head = Text(1, name);
        return value switch
        {
            float single => [.. head, (2 << 3) | 5, .. Single(single), .. Integer(20, 1)],
            int integer => [.. head, .. Integer(3, integer), .. Integer(20, 2)],
            string text => [.. head, .. Text(4, text), .. Integer(20, 3)],
            int[] integers => [.. head, .. integers.SelectMany(i => Integer(8, i)), .. Integer(20, 7)],
            _ => throw new ArgumentException($"{value}", nameof(value)),
        };
    }

    private static byte[] Single(float value)
    {
        var bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Integer(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    private static byte[] Bytes(int field, byte[] value) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)value.Length), .. value];

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value > 0x7F; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }

    private OnnxFile Add(int field, byte[] message)
    {
        _graph.AddRange(Bytes(field, message));
        return this;
    }
}
