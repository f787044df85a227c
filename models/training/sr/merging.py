#!/usr/bin/env python3
"""What collapsing the branches of the training form saves and costs, by ONNX Runtime on both forms and by Set14.

    merging.py --checkpoint checkpoints/quality-trunk.pt --data DIR --out DIR

writes OUT/branches.onnx and OUT/collapsed.onnx, prints parameters, multiply-adds for each sample of the small picture, and Set14's PSNR
of both, computed separately. `node tests/Benchmarks/Inference/onnxruntime.js FILE 480 360 1 12` (NODE_PATH holds onnxruntime-node) prints
the milliseconds of each.
"""

import argparse
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

import evaluate
from export import load

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import onnx_file  # noqa: E402


def branches_forward(network, x):
    """The network with every branch computed on its own."""
    y = x
    for i, conv in enumerate(network.convs):
        z = F.conv2d(y, conv.plain, conv.bias, padding=1)
        z = z + F.conv2d(F.conv2d(y, conv.wide, padding=1), conv.narrow[:, :, None, None])
        z = z + F.conv2d(y, conv.point[:, :, None, None])
        if conv.identity.any():
            z = z + y
        y = network.activate(z, i) if i + 1 < len(network.convs) else z
    return F.pixel_shuffle(network.base(x) + y, network.scale)


def graph(network, collapsed):
    """(file, parameters, multiply-adds)."""
    nodes, tensors, counts = [], [], [0, 0]

    def add(name, array):
        tensors.append(onnx_file.tensor(name, array.detach().numpy()))
        counts[0] += array.numel()
        counts[1] += array.numel() if array.dim() == 4 else 0
        return name

    def conv(name, at, kernel, bias=None):
        size = kernel.shape[2]
        inputs = [at, add(name + ".weight", kernel)] + ([add(name + ".bias", bias)] if bias is not None else [])
        nodes.append(onnx_file.node("Conv", inputs, name, kernel_shape=[size, size], pads=[size // 2] * 4, strides=[1, 1]))
        return name

    def plus(name, a, b):
        nodes.append(onnx_file.node("Add", [a, b], name))
        return name

    at = "luma"
    for i, layer in enumerate(network.convs):
        if collapsed:
            sums = conv(f"conv{i}", at, layer.kernel(), layer.bias)
        else:
            sums = conv(f"plain{i}", at, layer.plain, layer.bias)
            wide = conv(f"narrow{i}", conv(f"wide{i}", at, layer.wide), layer.narrow[:, :, None, None])
            sums = plus(f"sum{i}b", plus(f"sum{i}a", sums, wide), conv(f"point{i}", at, layer.point[:, :, None, None]))
            if layer.identity.any():
                sums = plus(f"sum{i}c", sums, at)
        if i + 1 < len(network.convs):
            nodes.append(onnx_file.node("PRelu", [sums, add(f"slope{i}", network.slopes[i].view(-1, 1, 1))], f"act{i}"))
            at = f"act{i}"
    nodes.append(onnx_file.node("DepthToSpace", [sums], "residual", blocksize=network.scale, mode="CRD"))
    tensors.append(onnx_file.tensor("scales", np.array([1, 1, network.scale, network.scale], np.float32)))
    nodes.append(onnx_file.node("Resize", ["luma", "", "scales"], "classical", mode="cubic", coordinate_transformation_mode="half_pixel", cubic_coeff_a=-0.5))
    nodes.append(onnx_file.node("Add", ["residual", "classical"], "upscaled"))
    data = onnx_file.model(nodes, tensors, [onnx_file.value("luma", [1, 1, "height", "width"])],
                           [onnx_file.value("upscaled", [1, 1, "upscaled_height", "upscaled_width"])], {"id": "merging"})
    return data, *counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True, help="with its branches: a trunk")
    parser.add_argument("--data", required=True, help="holds test/Set14")
    parser.add_argument("--cache")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    os.makedirs(args.out, exist_ok=True)
    network = load(args.checkpoint)
    args.benchmarks, args.sets = None, ["Set14"]
    stills = [evaluate.still(path, args.cache) for _, files in evaluate.still_sets(args) for path in files]
    for name, collapsed, forward in (("branches", False, lambda x: branches_forward(network, x)), ("collapsed", True, network)):
        data, parameters, multiplies = graph(network, collapsed)
        with open(os.path.join(args.out, name + ".onnx"), "wb") as file:
            file.write(data)
        scores = []
        for low, high in stills:
            out = forward(torch.from_numpy(low.astype(np.float32))[None, None] / 255)
            made = torch.floor((out * 255 + 0.5).clamp(0, 255)).to(torch.uint8)[0, 0].numpy()
            scores.append(evaluate.psnr(evaluate.crop(made), evaluate.crop(high)))
        print(f"{name}: {parameters} parameters, {multiplies} multiply-adds, Set14 {np.mean(scores):.4f} dB")


if __name__ == "__main__":
    main()
