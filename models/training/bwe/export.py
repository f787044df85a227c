#!/usr/bin/env python3
"""Exports a checkpoint as model.onnx and golden vectors beside it.

    export.py --checkpoint FILE --id bwe-1 --out models/bwe/model.onnx [--vectors]
    export.py --random OUT      small network with random weights and its vectors, for the engine's tests

The graph is one block of 10 ms: one input [1, n] of what the network hears and the two states; one output [1, m] of gains (log10 of power) and
the new states. Vectors are what ONNX Runtime makes of one such input (node with onnxruntime-node on NODE_PATH).
"""

import argparse
import os
import subprocess
import sys

import numpy as np
import torch

import signal_path as sp
from model import INPUTS, NETWORKS, OUTPUTS, Extender, parameters

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import onnx_file  # noqa: E402

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


def graph(network, metadata):
    nodes, tensors, weights = [], [], []

    def weight(name, value):
        value = value.detach().numpy().astype(np.float32)
        tensors.append(onnx_file.tensor(name, value))
        weights.append(value)
        return name

    def integers(name, values):
        tensors.append(onnx_file.tensor(name, np.array(values, np.int64)))
        return name

    def cut(start, end, name):
        inputs = ["input"] + [integers(f"{name}.{part}", [v]) for part, v in (("start", start), ("end", end), ("axis", 1))]
        nodes.append(onnx_file.node("Slice", inputs, name))
        return name

    def shape(source, dims, name):
        nodes.append(onnx_file.node("Reshape", [source, integers(f"{name}.shape", dims)], name))
        return name

    def dense(source, layer, key, name, bend=True):
        nodes.append(onnx_file.node("Gemm", [source, weight(f"{key}.weight", layer.weight), weight(f"{key}.bias", layer.bias)], name, transB=1))
        if bend:
            nodes.append(onnx_file.node("Tanh", [name], name + ".tanh"))
        return name + (".tanh" if bend else "")

    def recurrent(source, unit, key, state):
        def order(part):
            reset, update, candidate = getattr(unit, part + "_l0").chunk(3)
            return torch.cat((update, reset, candidate))

        size = unit.hidden_size
        inputs = [shape(source, [1, 1, unit.input_size], key + ".sequence"), weight(f"{key}.W", order("weight_ih")[None]),
                  weight(f"{key}.R", order("weight_hh")[None]), weight(f"{key}.B", torch.cat((order("bias_ih"), order("bias_hh")))[None]),
                  "", shape(state, [1, 1, size], key + ".state")]
        nodes.append(onnx_file.node("GRU", inputs, key, hidden_size=size, linear_before_reset=1))
        return shape(key, [1, size], key + ".new")

    first, second = network.first.hidden_size, network.second.hidden_size
    ends = np.cumsum([INPUTS, first, second])
    x = dense(cut(0, INPUTS, "heard"), network.encode, "encode", "encoded")
    one = recurrent(x, network.first, "first", cut(INPUTS, int(ends[1]), "first.old"))
    two = recurrent(one, network.second, "second", cut(int(ends[1]), int(ends[2]), "second.old"))
    nodes.append(onnx_file.node("Concat", [one, two], "hidden", axis=1))
    gains = dense(dense("hidden", network.last, "last", "last"), network.out, "out", "gains", bend=False)
    nodes.append(onnx_file.node("Concat", [gains, one, two], "output", axis=1))
    facts = {"bands": ",".join(map(str, sp.EDGES)), "cutoffs": ",".join(map(str, sp.CUTOFFS)), "weights_sha256": onnx_file.sha256_of(weights)}
    return onnx_file.model(nodes, tensors, [onnx_file.value("input", [1, int(ends[2])])],
                           [onnx_file.value("output", [1, OUTPUTS + first + second])], {**metadata, **facts}), int(ends[2])


def write(network, out, metadata, vectors):
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    data, inputs = graph(network, metadata)
    with open(out, "wb") as file:
        file.write(data)
    print(f"{out}: {parameters(network)} parameters, {len(data)} bytes")
    if vectors:
        os.makedirs(vectors, exist_ok=True)
        rng = np.random.default_rng(7)
        values = np.clip(rng.standard_normal(inputs), -3, 3).astype("<f4")
        values[INPUTS:] *= 0.3
        values[INPUTS - len(sp.CUTOFFS) : INPUTS] = np.eye(len(sp.CUTOFFS))[-1]
        paths = [os.path.join(vectors, name) for name in ("input.f32", "output.f32")]
        values.tofile(paths[0])
        subprocess.run(["node", "-e", RUN, os.path.abspath(out), *paths], check=True)
        made = np.fromfile(paths[1], np.float32)
        first = network.first.hidden_size
        states = torch.from_numpy(values[INPUTS:]).split((first, network.second.hidden_size))
        with torch.no_grad():
            x = torch.tanh(network.encode(torch.from_numpy(values[None, None, :INPUTS])))
            one, a = network.first(x, states[0][None, None])
            two, b = network.second(one, states[1][None, None])
            gains = network.out(torch.tanh(network.last(torch.cat((one, two), 2))))
        print("largest difference from PyTorch:", np.abs(made - torch.cat((gains, a, b), 2).numpy().ravel()).max())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint")
    parser.add_argument("--random", metavar="OUT")
    parser.add_argument("--id")
    parser.add_argument("--out")
    parser.add_argument("--licence", default="MIT")
    parser.add_argument("--training-data", default="CC0, public-domain, CC-BY and CC-BY-SA speech listed in MODEL_CARD.md")
    parser.add_argument("--vectors", action="store_true")
    args = parser.parse_args()
    if args.random:
        torch.manual_seed(3)
        NETWORKS["tiny"] = dict(encode=20, first=32, second=16, last=24)
        metadata = {"id": "golden-extender", "task": "bandwidth-extension", "licence": "MIT", "training_data": "none: random weights"}
        write(Extender("tiny"), os.path.join(args.random, "extender.onnx"), metadata, args.random)
        for name in ("input", "output"):
            os.replace(os.path.join(args.random, f"{name}.f32"), os.path.join(args.random, f"extender.{name}"))
        return
    checkpoint = torch.load(args.checkpoint, map_location="cpu")
    network = Extender(checkpoint["name"])
    network.load_state_dict({k: v.float() for k, v in checkpoint["averaged"].items()})
    metadata = {"id": args.id, "task": "bandwidth-extension", "licence": args.licence, "training_data": args.training_data}
    write(network.eval(), args.out, metadata, os.path.join(os.path.dirname(os.path.abspath(args.out)), "vectors") if args.vectors else None)


if __name__ == "__main__":
    main()
