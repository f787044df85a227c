#!/usr/bin/env python3
"""Exports a checkpoint as model.onnx and golden vectors beside it.

    export.py --checkpoint FILE --id bwe-1 --out models/bwe/model.onnx [--vectors]
    export.py --random OUT      small network with random weights and its vectors, for the engine's tests

The graph is one block of 10 ms: one input [1, n] of what the network hears and the two states; one output [1, m] of gains (log10 of power) and
the new states. Vectors are what ONNX Runtime makes of one such input (node with onnxruntime-node on NODE_PATH).
"""

import argparse
import os
import sys

import numpy as np
import torch

import signal_path as sp
from model import INPUTS, NETWORKS, OUTPUTS, Extender, parameters

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import recurrent_graph  # noqa: E402


def graph(network, metadata):
    made = recurrent_graph.RecurrentGraph()
    first, second = network.first.hidden_size, network.second.hidden_size
    ends = [int(v) for v in np.cumsum([INPUTS, first, second])]

    def recurrent(source, unit, key, start, end):
        sequence = made.shape(source, [1, 1, unit.input_size], key + ".sequence")
        state = made.shape(made.cut("input", start, end, key + ".old"), [1, 1, unit.hidden_size], key + ".state")
        return made.shape(made.recurrent(sequence, unit, key, key, state), [1, unit.hidden_size], key + ".new")

    x = made.dense(made.cut("input", 0, INPUTS, "heard"), network.encode, "encode", "encoded")
    one = recurrent(x, network.first, "first", ends[0], ends[1])
    two = recurrent(one, network.second, "second", ends[1], ends[2])
    x = made.dense(made.concat([one, two], "hidden"), network.last, "last", "last")
    made.concat([made.dense(x, network.out, "out", "gains", bend=False), one, two], "output")
    facts = {"bands": ",".join(map(str, sp.EDGES)), "cutoffs": ",".join(map(str, sp.CUTOFFS))}
    return made.model(ends[2], OUTPUTS + first + second, {**metadata, **facts}), ends[2]


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
        recurrent_graph.run(os.path.abspath(out), *paths)
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
