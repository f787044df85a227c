#!/usr/bin/env python3
"""Exports a checkpoint as model.onnx and golden vectors beside it.

    export.py --checkpoint FILE --id plc-small-1 --out models/plc/model.onnx [--vectors]
    export.py --random OUT      small network with random weights and its vectors, for the engine's tests
    export.py --plain FILE      untrained network, which plays the classical concealment, for the stage's tests

The graph does both halves of the network at once: one input [1, n] of features, what a step hears with condition and facts, and the two
states; one output [1, m] of first states and condition, envelope, filters, and the new states. Vectors are what ONNX Runtime
makes of one such input (node with onnxruntime-node on NODE_PATH).
"""

import argparse
import os
import sys

import numpy as np
import torch

from model import BANDS, FEATURE_PAST, FRAMES, GAINS, HALF, LOOK, NETWORKS, STEP, TIMES, Concealer, level_of, parameters

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import recurrent_graph  # noqa: E402

def graph(network, metadata):
    made = recurrent_graph.RecurrentGraph()
    first, second, condition = network.split
    features, waves = FRAMES * BANDS, network.wave.in_features
    ends = [int(v) for v in np.cumsum([0, features, waves, first, second])]
    x = made.shape(made.cut("input", 0, features, "features"), [FRAMES, BANDS], "frames")
    x = made.shape(made.dense(x, network.encode, "encode", "encoded"), [FRAMES, 1, network.encode.out_features], "sequence")
    x = made.cut(made.recurrent(x, network.context, "context", "contexts"), FRAMES - 1, FRAMES, "context", 0)
    row = made.shape(x, [1, network.context.hidden_size], "context.row")
    begin = made.dense(row, network.start, "start", "begin")
    pitch = ends[1] + waves - TIMES - GAINS
    known = made.concat([row, made.cut("input", pitch, pitch + 2, "pitch")], "known")
    envelope = made.dense(known, network.envelope, "envelope", "envelope", bend=False)
    wave = made.dense(made.cut("input", ends[1], ends[2], "heard"), network.wave, "wave", "waves")
    x = made.shape(wave, [1, 1, network.wave.out_features], "waves.sequence")
    state = made.shape(made.cut("input", ends[2], ends[3], "first.old"), [1, 1, first], "first.state")
    one = made.shape(made.recurrent(x, network.first, "first", "first.sequence", state), [1, first], "first.new")
    state = made.shape(made.cut("input", ends[3], ends[4], "second.old"), [1, 1, second], "second.state")
    x = made.recurrent(made.shape(one, [1, 1, first], "first.again"), network.second, "second", "second.sequence", state)
    two = made.shape(x, [1, second], "second.new")
    last = made.dense(made.concat([wave, one, two], "hidden"), network.last, "last", "last")
    made.concat([begin, envelope, made.dense(last, network.out, "out", "step", bend=False), one, two], "output")
    return made.model(ends[4], first + second + condition + network.envelope.out_features + network.out.out_features + first + second, metadata), ends[4]


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
        recurrent_graph.run(os.path.abspath(out), *paths)


def conceal(network, path, steps=30):
    """A past, what the classical stage goes on with, lag and correlation, and what the network without noise makes of them, in a file of floats."""
    torch.manual_seed(5)
    past, classical = 0.1 * torch.randn(1, FEATURE_PAST), 0.05 * torch.randn(1, steps * STEP + LOOK)
    lag, correlation = torch.tensor([97]), torch.tensor([0.8])
    with torch.no_grad():
        made = network(past, classical, lag, correlation, torch.tensor([steps]), torch.zeros(1, steps * STEP + 2 * HALF)) * level_of(past)
    torch.cat((past[0], classical[0], lag, correlation, made[0])).numpy().astype("<f4").tofile(path)


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
        torch.nn.init.normal_(network.envelope.weight, std=0.5)
        metadata = {"id": "golden-concealer", "task": "concealment", "licence": "MIT", "training_data": "none: random weights"}
        write(network, os.path.join(args.random, "concealer.onnx"), metadata, args.random)
        conceal(network, os.path.join(args.random, "concealer.call"))
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
