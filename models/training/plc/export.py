#!/usr/bin/env python3
"""Exports a checkpoint as model.onnx and golden vectors beside it.

    export.py --checkpoint FILE --id plc-small-1 --out models/plc-small/model.onnx [--vectors]
    export.py --random OUT      small network with random weights and its vectors, for the engine's tests
    export.py --plain FILE      untrained network, which plays the classical concealment, for the stage's tests

The graph does both halves of the network at once: one input [1, n] of features, what a step hears with condition and facts, and the two
states; one output [1, m] of first states and condition, filters, and the new states. Vectors are what ONNX Runtime
makes of one such input (node with onnxruntime-node on NODE_PATH).
"""

import argparse
import os
import subprocess
import sys

import numpy as np
import torch

from model import BANDS, FRAMES, NETWORKS, Concealer, parameters

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

    def cut(source, start, end, name, axis=1):
        inputs = [source] + [integers(f"{name}.{part}", [v]) for part, v in (("start", start), ("end", end), ("axis", axis))]
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

    def recurrent(source, unit, key, name, state=None):
        def order(value):
            reset, update, candidate = value.chunk(3)
            return torch.cat((update, reset, candidate))

        cell = state is not None
        suffix = "" if cell else "_l0"
        get = lambda part: order(getattr(unit, part + suffix))  # noqa: E731
        inputs = [source, weight(f"{key}.W", get("weight_ih")[None]), weight(f"{key}.R", get("weight_hh")[None]),
                  weight(f"{key}.B", torch.cat((get("bias_ih"), get("bias_hh")))[None])]
        if cell:
            inputs += ["", state]
        nodes.append(onnx_file.node("GRU", inputs, name, hidden_size=unit.hidden_size, linear_before_reset=1))
        return name

    first, second, condition = network.split
    features, waves = FRAMES * BANDS, network.wave.in_features
    ends = np.cumsum([0, features, waves, first, second])
    x = shape(cut("input", 0, features, "features"), [FRAMES, BANDS], "frames")
    x = shape(dense(x, network.encode, "encode", "encoded"), [FRAMES, 1, network.encode.out_features], "sequence")
    x = cut(recurrent(x, network.context, "context", "contexts"), FRAMES - 1, FRAMES, "context", 0)
    begin = dense(shape(x, [1, network.context.hidden_size], "context.row"), network.start, "start", "begin")
    wave = dense(cut("input", int(ends[1]), int(ends[2]), "heard"), network.wave, "wave", "waves")
    x = shape(wave, [1, 1, network.wave.out_features], "waves.sequence")
    state = shape(cut("input", int(ends[2]), int(ends[3]), "first.old"), [1, 1, first], "first.state")
    one = shape(recurrent(x, network.first, "first", "first.sequence", state), [1, first], "first.new")
    state = shape(cut("input", int(ends[3]), int(ends[4]), "second.old"), [1, 1, second], "second.state")
    x = recurrent(shape(one, [1, 1, first], "first.again"), network.second, "second", "second.sequence", state)
    two = shape(x, [1, second], "second.new")
    nodes.append(onnx_file.node("Concat", [wave, one, two], "hidden", axis=1))
    step = dense(dense("hidden", network.last, "last", "last"), network.out, "out", "step", bend=False)
    nodes.append(onnx_file.node("Concat", [begin, step, one, two], "output", axis=1))
    total = first + second + condition + network.out.out_features + first + second
    return onnx_file.model(nodes, tensors, [onnx_file.value("input", [1, int(ends[4])])], [onnx_file.value("output", [1, total])],
                           {**metadata, "weights_sha256": onnx_file.sha256_of(weights)}), int(ends[4])


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
        values[: FRAMES * BANDS] *= 0.4
        values[inputs - sum(network.split[:2]) :] *= 0.3
        paths = [os.path.join(vectors, name) for name in ("input.f32", "output.f32")]
        values.tofile(paths[0])
        subprocess.run(["node", "-e", RUN, os.path.abspath(out), *paths], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint")
    parser.add_argument("--random", metavar="OUT")
    parser.add_argument("--plain", metavar="FILE")
    parser.add_argument("--id")
    parser.add_argument("--out")
    parser.add_argument("--licence", default="MIT")
    parser.add_argument("--training-data", default="CC0, public-domain, CC-BY and CC-BY-SA speech listed in MODEL_CARD.md")
    parser.add_argument("--vectors", action="store_true")
    args = parser.parse_args()
    if args.random:
        torch.manual_seed(3)
        NETWORKS["tiny"] = dict(encode=20, context=16, condition=12, wave=36, first=32, second=16, last=24)
        network = Concealer("tiny")
        torch.nn.init.normal_(network.out.weight, std=0.2)
        metadata = {"id": "golden-concealer", "task": "concealment", "licence": "MIT", "training_data": "none: random weights"}
        write(network, os.path.join(args.random, "concealer.onnx"), metadata, args.random)
        for name in ("input", "output"):
            os.replace(os.path.join(args.random, f"{name}.f32"), os.path.join(args.random, f"concealer.{name}"))
        return
    if args.plain:
        torch.manual_seed(4)
        NETWORKS["tiny"] = dict(encode=16, context=16, condition=8, wave=16, first=16, second=16, last=16)
        metadata = {"id": "plain-concealer", "task": "concealment", "licence": "MIT", "training_data": "none: untrained"}
        write(Concealer("tiny"), args.plain, metadata, None)
        return
    checkpoint = torch.load(args.checkpoint, map_location="cpu")
    network = Concealer(checkpoint["name"])
    network.load_state_dict({k: v.float() for k, v in checkpoint["averaged"].items()})
    metadata = {"id": args.id, "task": "concealment", "licence": args.licence, "training_data": args.training_data}
    write(network, args.out, metadata, os.path.join(os.path.dirname(os.path.abspath(args.out)), "vectors") if args.vectors else None)


if __name__ == "__main__":
    main()
