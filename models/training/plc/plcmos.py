#!/usr/bin/env python3
"""PLCMOS v2 in PyTorch, differentiable, its weights read from the published ONNX file (microsoft/PLC-Challenge, MIT), which is not kept here.

    plcmos.py --scorer DIR CLIP.wav...     the scores, one a line, for comparison with DIR/plcmos.js
"""

import argparse
import json
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FFT, HOP, RATERS = 512, 256, 64
# Of the power of 16-bit rounding in a bin, far below: keeps the logarithm's slope finite.
LEAST_POWER = 1e-10
SLOPE = 0.1


class Plcmos(nn.Module):
    """Samples at 16 kHz in [-1, 1] to a score from 1 to 5. The weights are fixed."""

    def __init__(self, folder):
        super().__init__()
        import onnx
        import onnx.numpy_helper

        graph = onnx.load(os.path.join(folder, "plcmos_v2.onnx")).graph
        values = {t.name: torch.from_numpy(onnx.numpy_helper.to_array(t).copy()) for t in graph.initializer}
        for name, value in values.items():
            if value.is_floating_point() and not name.startswith("onnx::"):
                self.register_buffer(name.replace(".", "_"), value)
        units = [n for n in graph.node if n.op_type == "GRU"]
        self.units = nn.ModuleList()
        for unit in units:
            inputs, recurrence, biases = (values[name] for name in unit.input[1:4])
            gru = nn.GRU(inputs.shape[2], recurrence.shape[2], batch_first=True, bidirectional=True)
            for direction, suffix in enumerate(("", "_reverse")):
                for name, value in (("weight_ih", inputs[direction]), ("weight_hh", recurrence[direction]),
                                    ("bias_ih", biases[direction].chunk(2)[0]), ("bias_hh", biases[direction].chunk(2)[1])):
                    update, reset, candidate = value.chunk(3)
                    getattr(gru, f"{name}_l0{suffix}").data.copy_(torch.cat((reset, update, candidate)))
            self.units.append(gru)
        for parameter in self.parameters():
            parameter.requires_grad_(False)
        self.register_buffer("window", torch.hamming_window(FFT, periodic=True))

    def features(self, samples):
        frames = -(-(samples.shape[1] + HOP) // HOP)
        padded = F.pad(samples, (HOP, frames * HOP + HOP - samples.shape[1]))
        spectrum = torch.stft(padded, FFT, HOP, window=self.window, center=False, return_complex=True)[:, :, :frames]
        power = torch.view_as_real(spectrum).pow(2).sum(-1)
        return torch.log(power + LEAST_POWER).transpose(1, 2)[:, None] / 20

    def dense(self, x, name):
        return F.leaky_relu(F.linear(x, getattr(self, name + "_weight"), getattr(self, name + "_bias")), SLOPE)

    def inner(self, samples):
        """What the layers see, last what the raters judge, [n, 64]."""
        x = self.features(samples)
        seen = []
        for layer in (1, 2, 3):
            key = f"in_blocks_0_conv{layer}_"
            x = F.conv2d(x, getattr(self, key + "weight"), getattr(self, key + "bias"), padding=1, dilation=(2, 1))
            x = F.leaky_relu(F.max_pool2d(x, (1, 4)), SLOPE)
            seen.append(x)
        x = x.permute(0, 2, 3, 1).flatten(2)
        x = F.linear(x, self.in_blocks_0_conv_project_weight[:, :, 0], self.in_blocks_0_conv_project_bias)
        for unit in self.units:
            x, last = unit(x)
            seen.append(x)
        return seen + [torch.cat((last[0], last[1]), 1)]

    def forward(self, samples, raters):
        """[n, r] scores of samples [n, length] by raters [r, 64]."""
        return self.rate(self.inner(samples)[-1], raters)

    def rate(self, heard, raters):
        """[n, r] scores by raters [r, 64] of what they judge, [n, 64]."""
        rater = self.dense(raters, "embed_dense1")
        for n in range(4):
            rater = self.dense(rater, f"embed_dense2_{n}")
        rater = self.dense(rater, "embed_dense3")
        x = torch.cat((heard[:, None].expand(-1, len(rater), -1), rater[None].expand(len(heard), -1, -1)), 2)
        x = self.dense(x, "dense1")
        for n in range(4):
            x = self.dense(x, f"dense2_{n}")
        return 1 + 4 * torch.sigmoid(F.linear(x, self.dense3_weight, self.dense3_bias)[..., 0])


def rater_embeddings(folder):
    """The raters of the published score, [15, 64]."""
    with open(os.path.join(folder, "plcmos_embeddings.json")) as file:
        return torch.from_numpy(np.array(json.load(file), np.float32))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scorer", required=True)
    parser.add_argument("clips", nargs="+")
    args = parser.parse_args()
    import soundfile

    plcmos = Plcmos(args.scorer)
    raters = rater_embeddings(args.scorer)
    with torch.no_grad():
        for path in args.clips:
            samples = torch.from_numpy(soundfile.read(path, dtype="float32")[0])[None]
            print(f"{path}\t{plcmos(samples, raters).mean().item():.4f}")


if __name__ == "__main__":
    sys.exit(main())
