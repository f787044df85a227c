#!/usr/bin/env python3
"""Exports a trained checkpoint as model.onnx and, with --vectors, golden vectors beside it.

    export.py --checkpoint FILE --id sr-x2-quality-1 --out models/sr-x2-quality/model.onnx

The file is fp32 with standard operators; the steps and zero points of the 8-bit form lie in its metadata.
"""

import argparse
import os
import sys

import numpy as np
import torch

import model
from train import load_weights

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import onnx_file  # noqa: E402


def load(path):
    """The network of a checkpoint, ready to run."""
    checkpoint = torch.load(path, map_location="cpu")
    network = model.build(checkpoint["name"], checkpoint["activation"], checkpoint["expand"], checkpoint.get("scale", 2))
    load_weights(network, checkpoint)
    return network.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--id", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--licence", default="MIT")
    parser.add_argument("--training-data", default="CC0-1.0, public-domain and CC-BY photographs listed in MODEL_CARD.md")
    parser.add_argument("--vectors", action="store_true", help="also write vectors/: a picture, its fp32 and its 8-bit result")
    args = parser.parse_args()

    network = load(args.checkpoint)
    layers = []
    for i, (kernel, conv) in enumerate(zip(network.kernels(), network.convs)):
        layer = {"weight": kernel.detach().numpy(), "bias": conv.bias.detach().numpy()}
        if network.activation == "prelu" and i < len(network.slopes):
            layer["slope"] = network.slopes[i].detach().numpy()
        layers.append(layer)
    metadata = {"id": args.id, "task": "super-resolution" if network.scale > 1 else "restoration", "licence": args.licence, "training_data": args.training_data}
    if network.high.abs().sum() > 0:
        steps = [network.activation_step(i) for i in range(len(layers) - 1)]
        metadata["activation_levels"] = str(int(model.LEVELS))
        metadata["activation_scales"] = " ".join(repr(float(np.float32(s))) for s, _ in steps)
        metadata["activation_zero_points"] = " ".join(str(int(z)) for _, z in steps)
    data = onnx_file.upscaler(layers, metadata, scale=network.scale)
    os.makedirs(os.path.dirname(os.path.abspath(args.out)), exist_ok=True)
    with open(args.out, "wb") as file:
        file.write(data)
    print(f"{args.out}: {model.collapsed_parameters(network)} parameters, {len(data)} bytes")

    if args.vectors:
        folder = os.path.join(os.path.dirname(os.path.abspath(args.out)), "vectors")
        os.makedirs(folder, exist_ok=True)
        picture = golden_picture()
        picture.tofile(os.path.join(folder, "luma-61x47.u8"))
        with torch.no_grad():
            out = network(torch.from_numpy(picture).float()[None, None] / 255)
        out.numpy().astype("<f4").tofile(os.path.join(folder, f"upscaled-{61 * network.scale}x{47 * network.scale}.f32"))
        if network.high.abs().sum() > 0:
            model.upscale_integer(network, picture).tofile(os.path.join(folder, f"upscaled-{61 * network.scale}x{47 * network.scale}.u8"))


def golden_picture():
    """47 rows of 61: edges, a ring, a ramp and noise, with extremes at the border."""
    y, x = np.mgrid[0:47, 0:61].astype(np.float64)
    rng = np.random.default_rng(7)
    ring = 127.5 + 127.5 * np.cos((x - 30) ** 2 / 40 + (y - 20) ** 2 / 40)
    picture = np.where(x + y < 40, ring, np.where(x > 45, rng.integers(0, 256, x.shape), 4 * x + y))
    picture[10:14, 5:25] = 235
    picture[0, :] = 0
    picture[-1, ::2] = 255
    return np.clip(picture, 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
