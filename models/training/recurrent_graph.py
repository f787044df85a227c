"""Builds the ONNX graph of a network of dense and gated recurrent layers from PyTorch modules, and runs it once in ONNX Runtime."""

import subprocess

import numpy as np
import torch

import onnx_file

RUN = """
const ort = require('onnxruntime-node'), fs = require('fs');
const [model, input, output] = process.argv.slice(1);
(async () => {
  const session = await ort.InferenceSession.create(model);
  const bytes = fs.readFileSync(input);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const result = await session.run({ input: new ort.Tensor('float32', values, [1, values.length]) });
  fs.writeFileSync(output, Buffer.from(result.output.data.buffer));
})();
"""


def run(model, values, outputs):
    """Writes to the file `outputs` what ONNX Runtime (node with onnxruntime-node on NODE_PATH) makes of the file of floats `values`."""
    subprocess.run(["node", "-e", RUN, model, values, outputs], check=True)


class RecurrentGraph:
    """Every method adds nodes and returns the name of what they make."""

    def __init__(self):
        self._nodes, self._tensors, self._weights = [], [], []

    def cut(self, source, start, end, name, axis=1):
        return self._add("Slice", [source] + [self._integers(f"{name}.{part}", [v]) for part, v in (("start", start), ("end", end), ("axis", axis))], name)

    def shape(self, source, dims, name):
        return self._add("Reshape", [source, self._integers(f"{name}.shape", dims)], name)

    def concat(self, sources, name):
        return self._add("Concat", sources, name, axis=1)

    def dense(self, source, layer, key, name, bend=True):
        """A torch.nn.Linear, then tanh if it bends."""
        self._add("Gemm", [source, self._weight(f"{key}.weight", layer.weight), self._weight(f"{key}.bias", layer.bias)], name, transB=1)
        return self._add("Tanh", [name], name + ".tanh") if bend else name

    def recurrent(self, source, unit, key, name, state=None):
        """A torch.nn.GRU or GRUCell over [steps, 1, inputs], from zeros or from a state [1, 1, size]."""
        suffix = "" if isinstance(unit, torch.nn.GRUCell) else "_l0"

        def order(part):
            reset, update, candidate = getattr(unit, part + suffix).chunk(3)
            return torch.cat((update, reset, candidate))

        inputs = [source, self._weight(f"{key}.W", order("weight_ih")[None]), self._weight(f"{key}.R", order("weight_hh")[None]),
                  self._weight(f"{key}.B", torch.cat((order("bias_ih"), order("bias_hh")))[None])]
        if state is not None:
            inputs += ["", state]
        return self._add("GRU", inputs, name, hidden_size=unit.hidden_size, linear_before_reset=1)

    def model(self, inputs, outputs, metadata):
        """The bytes of the file; "input" is [1, inputs], "output" [1, outputs]."""
        return onnx_file.model(self._nodes, self._tensors, [onnx_file.value("input", [1, inputs])], [onnx_file.value("output", [1, outputs])],
                               {**metadata, "weights_sha256": onnx_file.sha256_of(self._weights)})

    def _add(self, kind, inputs, name, **attributes):
        self._nodes.append(onnx_file.node(kind, inputs, name, **attributes))
        return name

    def _weight(self, name, value):
        value = value.detach().numpy().astype(np.float32)
        self._tensors.append(onnx_file.tensor(name, value))
        self._weights.append(value)
        return name

    def _integers(self, name, values):
        self._tensors.append(onnx_file.tensor(name, np.array(values, np.int64)))
        return name
