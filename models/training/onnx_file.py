"""Writes small ONNX files (protobuf by hand) with numpy alone. One node, tensor or attribute is one call."""

import hashlib
import struct

import numpy as np

FLOAT, INT64 = 1, 7


def _varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _integer(field, value):
    return _varint(field << 3) + _varint(value)


def _bytes(field, value):
    value = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def tensor(name, array):
    """An initialiser: float32, or int64 where the array holds integers."""
    array = np.asarray(array)
    kind, stored = (INT64, "<i8") if array.dtype.kind == "i" else (FLOAT, "<f4")
    dims = b"".join(_integer(1, d) for d in array.shape)
    return dims + _integer(2, kind) + _bytes(8, name) + _bytes(9, np.ascontiguousarray(array, stored).tobytes())


def _attribute(name, value):
    out = _bytes(1, name)
    if isinstance(value, float):
        return out + _varint(2 << 3 | 5) + struct.pack("<f", value) + _integer(20, 1)
    if isinstance(value, int):
        return out + _integer(3, value) + _integer(20, 2)
    if isinstance(value, str):
        return out + _bytes(4, value) + _integer(20, 3)
    return out + b"".join(_integer(8, v) for v in value) + _integer(20, 7)


def node(kind, inputs, output, **attributes):
    """An operator with one output; attributes are float, int, str or a list of int."""
    out = b"".join(_bytes(1, i) for i in inputs) + _bytes(2, output) + _bytes(3, output) + _bytes(4, kind)
    return out + b"".join(_bytes(5, _attribute(n, v)) for n, v in attributes.items())


def value(name, dims):
    """A float input or output; a dimension is a number or a name."""
    shape = b"".join(_bytes(1, _bytes(2, d) if isinstance(d, str) else _integer(1, d)) for d in dims)
    return _bytes(1, name) + _bytes(2, _bytes(1, _integer(1, FLOAT) + _bytes(2, shape)))


def model(nodes, tensors, inputs, outputs, metadata, opset=17):
    """The whole file. Nodes, tensors, inputs and outputs as made by the functions above; metadata is a dict of str."""
    graph = b"".join(_bytes(1, n) for n in nodes) + _bytes(2, "graph") + b"".join(_bytes(5, t) for t in tensors)
    graph += b"".join(_bytes(11, i) for i in inputs) + b"".join(_bytes(12, o) for o in outputs)
    out = _integer(1, 8) + _bytes(2, "rtc-enhance") + _bytes(7, graph) + _bytes(8, _bytes(1, "") + _integer(2, opset))
    return out + b"".join(_bytes(14, _bytes(1, k) + _bytes(2, v)) for k, v in metadata.items())


def sha256_of(arrays):
    """The value of weights_sha256: over the little-endian float32 bytes of the arrays in file order."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array, "<f4").tobytes())
    return digest.hexdigest()


def upscaler(layers, metadata, scale=2, skip_from=None, skip_to=(), base="cubic", clip_output=False):
    """
    A luma upscaler. Layers are dicts: weight [out, in, k, k], bias [out] or None, and for all but the last one of
    slope [out] (PRelu), clip (float) or neither (Relu). skip_from and skip_to count convolutions from 1.
    """
    nodes, tensors, weights = [], [], []

    def add_tensor(name, array, is_weight=False):
        tensors.append(tensor(name, array))
        if is_weight:
            weights.append(np.asarray(array, np.float32))
        return name

    at = "luma"
    outputs = {}
    for i, layer in enumerate(layers, 1):
        weight = np.asarray(layer["weight"], np.float32)
        inputs = [at, add_tensor(f"conv{i}.weight", weight, True)]
        if layer.get("bias") is not None:
            inputs.append(add_tensor(f"conv{i}.bias", np.asarray(layer["bias"], np.float32), True))
        k = weight.shape[2]
        nodes.append(node("Conv", inputs, f"conv{i}", kernel_shape=[k, k], pads=[k // 2] * 4, strides=[1, 1]))
        at = f"conv{i}"
        if i == len(layers):
            break
        if layer.get("slope") is not None:
            slope = np.asarray(layer["slope"], np.float32).reshape(-1, 1, 1)
            nodes.append(node("PRelu", [at, add_tensor(f"act{i}.slope", slope, True)], f"act{i}"))
        elif layer.get("clip") is not None:
            low = add_tensor(f"act{i}.min", np.float32(0))
            high = add_tensor(f"act{i}.max", np.float32(layer["clip"]))
            nodes.append(node("Clip", [at, low, high], f"act{i}"))
        else:
            nodes.append(node("Relu", [at], f"act{i}"))
        at = f"act{i}"
        if i in skip_to:
            nodes.append(node("Add", [at, outputs[skip_from]], f"sum{i}"))
            at = f"sum{i}"
        outputs[i] = at

    classical = "luma"
    if scale > 1:
        nodes.append(node("DepthToSpace", [at], "residual", blocksize=scale, mode="CRD"))
        at = "residual"
        add_tensor("scales", np.array([1, 1, scale, scale], np.float32))
        options = {"cubic_coeff_a": -0.5} if base == "cubic" else {}
        nodes.append(node("Resize", ["luma", "", "scales"], "classical", mode=base,
                          coordinate_transformation_mode="half_pixel", **options))
        classical = "classical"
    nodes.append(node("Add", [at, classical], "sum" if clip_output else "upscaled"))
    if clip_output:
        nodes.append(node("Clip", ["sum", add_tensor("zero", np.float32(0)), add_tensor("one", np.float32(1))], "upscaled"))
    height, width = ("height", "width") if scale == 1 else ("upscaled_height", "upscaled_width")
    return model(nodes, tensors, [value("luma", [1, 1, "height", "width"])], [value("upscaled", [1, 1, height, width])],
                 {**metadata, "scale": str(scale), "weights_sha256": sha256_of(weights)})
