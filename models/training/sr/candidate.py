"""Networks of the search: chains of several kinds of layer, written as a short text.

    c16x5            five 3x3 convolutions to 16 channels (the tail, 3x3 to the phases of the residual, is never written)
    s2d-c16x3        the same on the picture's 2x2 blocks as four channels, at half the width and height
    k8 p16 v16 h16   convolutions of 5x5, 1x1, 3 rows of one column, 3 columns of one row
    d                a depthwise 3x3: one kernel for each channel, as many out as in
    g                ghost: a depthwise 3x3 whose results are appended to what came in, so the channels double
    c16-(d-p16)x4    parts are joined by a hyphen and repeated by xN
    c8x4+long        what follows a plus only tells runs apart

Each layer but the tail ends in a parametric rectifier; the 8-bit form is that of model.py.
"""

import os
import re
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import model
from model import LEVELS, round_through

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import onnx_file  # noqa: E402

SIZES = {"c": (3, 3), "k": (5, 5), "p": (1, 1), "v": (3, 1), "h": (1, 3), "d": (3, 3), "g": (3, 3)}
SCALE = 2
# All nine products of a depthwise kernel are summed in 16 bits, each rounded by up to a half.
DEPTHWISE_SUM = 123


def parse(text):
    """(whether the picture is folded, [(kind, inputs, outputs)]), the tail included."""
    text = text.split("+")[0]
    while "(" in text:
        text = re.sub(r"\(([^()]*)\)x(\d+)", lambda m: "-".join([m[1]] * int(m[2])), text)
    tokens = []
    for part in text.split("-"):
        m = re.fullmatch(r"(s2d|[ckpvh]\d+|[dg])(?:x(\d+))?", part)
        if not m:
            raise ValueError(f"no layer: {part}")
        tokens += [m[1]] * int(m[2] or 1)
    folded = tokens[0] == "s2d"
    channels = 4 if folded else 1
    layers = []
    for token in tokens[folded:]:
        outputs = {"d": channels, "g": 2 * channels}.get(token) or int(token[1:])
        layers.append((token[0], channels, outputs))
        channels = outputs
    layers.append(("c", channels, (4 if folded else 1) * SCALE * SCALE))
    return folded, layers


class Layer(nn.Module):
    def __init__(self, kind, inputs, outputs):
        super().__init__()
        self.kind, self.inputs, self.outputs = kind, inputs, outputs
        self.depthwise = kind in "dg"
        made = inputs if self.depthwise else outputs
        if kind == "c":
            self.conv = model.CollapsibleConv(inputs, outputs)
            self.bias = self.conv.bias
        else:
            self.conv = None
            self.plain = nn.Parameter(torch.empty(made, 1 if self.depthwise else inputs, *SIZES[kind]))
            nn.init.kaiming_normal_(self.plain, nonlinearity="relu")
            self.bias = nn.Parameter(torch.zeros(made))
        self.slope = nn.Parameter(torch.full((made,), 0.1))

    def kernel(self):
        return self.conv.kernel() if self.conv is not None else self.plain

    def set(self, kernel, bias, slope=None):
        with torch.no_grad():
            if self.conv is not None:
                self.conv.narrow.zero_()
                self.conv.point.zero_()
                self.conv.plain.copy_(kernel - self.conv.identity)
            else:
                self.plain.copy_(kernel)
            self.bias.copy_(bias)
            if slope is not None:
                self.slope.copy_(slope)

    def weight_step(self, kernel, first):
        if self.depthwise:
            flat = kernel.flatten(1)
            one_sign = torch.maximum(flat.clamp_min(0).sum(1), -flat.clamp_max(0).sum(1))
            return (one_sign.clamp_min(1e-8) / DEPTHWISE_SUM).view(-1, 1, 1, 1)
        # A column is summed as a row is: its three products in 16 bits.
        return model.weight_step(kernel.transpose(2, 3) if self.kind == "v" else kernel, first)

    def convolve(self, x, kernel, bias):
        size = SIZES[self.kind]
        return F.conv2d(x, kernel, bias, padding=(size[0] // 2, size[1] // 2), groups=self.inputs if self.depthwise else 1)


class Candidate(nn.Module):
    def __init__(self, text):
        super().__init__()
        self.text = text
        self.folded, layers = parse(text)
        self.layers = nn.ModuleList([Layer(*layer) for layer in layers])
        with torch.no_grad():
            tail = self.layers[-1].conv
            for p in (tail.plain, tail.narrow, tail.point):
                p *= 0.1
        self.register_buffer("low", torch.zeros(len(layers) - 1))
        self.register_buffer("high", torch.zeros(len(layers) - 1))
        self.quantised = False
        self.register_buffer("base_kernel", model.cubic_taps(SCALE), persistent=False)

    @property
    def blocks(self):
        """Output samples along an axis of what one place of the tail makes."""
        return SCALE * (2 if self.folded else 1)

    def activation_step(self, layer):
        step = (self.high[layer] - self.low[layer]) / LEVELS
        return step, torch.round(-self.low[layer] / step)

    def residual(self, x, observe=None):
        """The residual's phases [n, blocks * blocks, height, width]."""
        if self.folded:
            x = F.pixel_unshuffle(x, 2)
        for i, layer in enumerate(self.layers):
            kernel = layer.kernel()
            if self.quantised:
                step = layer.weight_step(kernel.detach(), i == 0)
                kernel = round_through(kernel / step) * step
            made = layer.convolve(x, kernel.contiguous(memory_format=torch.channels_last), layer.bias)
            if i + 1 == len(self.layers):
                return made
            made = model.Rectify.apply(made, layer.slope)
            x = torch.cat((x, made), 1) if layer.kind == "g" else made
            if observe is not None:
                observe(i, x)
            if self.quantised:
                step, zero = self.activation_step(i)
                x = round_through(torch.clamp(x / step, -zero, LEVELS - zero)) * step

    def base(self, x):
        return F.pixel_shuffle(F.conv2d(F.pad(x, (2, 2, 2, 2), mode="replicate"), self.base_kernel), SCALE)

    def forward(self, x):
        return self.base(x) + F.pixel_shuffle(self.residual(x), self.blocks)

    def fit_ranges(self):
        """A ghost layer appends to its input's bytes: both have one range."""
        for i in range(len(self.layers) - 2, 0, -1):
            if self.layers[i].kind == "g":
                self.low[i - 1] = self.low[i]
                self.high[i - 1] = self.high[i]

    def parameters_at_run_time(self):
        return sum(l.kernel().numel() + l.bias.numel() for l in self.layers) + sum(l.slope.numel() for l in self.layers[:-1])

    def multiplies(self):
        """For each sample of the small picture."""
        return sum(l.kernel().numel() for l in self.layers) // (4 if self.folded else 1)

    def collapse(self):
        for layer in self.layers:
            if layer.conv is not None:
                layer.conv.collapse()

    def state(self):
        """The run-time form."""
        state = {"low": self.low.clone(), "high": self.high.clone()}
        for i, layer in enumerate(self.layers):
            state[f"kernel{i}"] = layer.kernel().detach().clone()
            state[f"bias{i}"] = layer.bias.detach().clone()
            if i + 1 < len(self.layers):
                state[f"slope{i}"] = layer.slope.detach().clone()
        return state

    def load(self, state):
        for i, layer in enumerate(self.layers):
            layer.set(state[f"kernel{i}"], state[f"bias{i}"], state.get(f"slope{i}"))
        self.low.copy_(state["low"])
        self.high.copy_(state["high"])
        return self


def even(luma):
    """A picture of even width and height, for the folded networks."""
    return np.pad(luma, ((0, luma.shape[0] % 2), (0, luma.shape[1] % 2)), mode="edge")


@torch.no_grad()
def upscale(network, luma):
    """The float form: luma 0..255 (h, w) to bytes (2 h, 2 w)."""
    x = torch.from_numpy(even(luma).astype(np.float32))[None, None] / 255
    return torch.floor((network(x) * 255 + 0.5).clamp(0, 255)).to(torch.uint8)[0, 0].numpy()[: 2 * luma.shape[0], : 2 * luma.shape[1]]


@torch.no_grad()
def upscale_integer(network, luma):
    """The engine's 8-bit arithmetic, number for number, as in model.py."""
    source = torch.from_numpy(np.floor(even(luma) + 0.5)).double()[None, None]
    x = F.pixel_unshuffle(source, 2) if network.folded else source
    in_step, zero = 1 / 255, None
    for i, layer in enumerate(network.layers):
        kernel = layer.kernel().detach().double()
        step = layer.weight_step(kernel, i == 0)
        bias = (layer.bias.double() / (in_step * step.view(-1))).round()
        sums = layer.convolve(x if zero is None else x - zero, (kernel / step).round(), bias)
        value = sums * (step.view(1, -1, 1, 1) * in_step)
        if i + 1 == len(network.layers):
            break
        value = torch.where(value < 0, value * layer.slope.double().view(1, -1, 1, 1), value)
        in_step, zero = (float(v) for v in network.activation_step(i))
        made = torch.floor((value / in_step + zero + 0.5).clamp(0, LEVELS))
        x = torch.cat((x, made), 1) if layer.kind == "g" else made
    out = network.base(source.float()).double() + 255 * F.pixel_shuffle(value, network.blocks)
    return torch.floor((out + 0.5).clamp(0, 255)).to(torch.uint8)[0, 0].numpy()[: 2 * luma.shape[0], : 2 * luma.shape[1]]


def export(network, identity):
    """The bytes of its model.onnx."""
    nodes, tensors, weights = [], [], []

    def add(name, array, is_weight=False):
        tensors.append(onnx_file.tensor(name, array))
        if is_weight:
            weights.append(array)
        return name

    at = "luma"
    if network.folded:
        nodes.append(onnx_file.node("SpaceToDepth", [at], "folded", blocksize=2))
        at = "folded"
    for i, layer in enumerate(network.layers, 1):
        height, width = SIZES[layer.kind]
        attributes = {"kernel_shape": [height, width], "pads": [height // 2, width // 2] * 2, "strides": [1, 1]}
        if layer.depthwise:
            attributes["group"] = layer.inputs
        kernel = add(f"conv{i}.weight", layer.kernel().detach().numpy(), True)
        nodes.append(onnx_file.node("Conv", [at, kernel, add(f"conv{i}.bias", layer.bias.detach().numpy(), True)], f"conv{i}", **attributes))
        if i == len(network.layers):
            break
        slope = add(f"act{i}.slope", layer.slope.detach().numpy().reshape(-1, 1, 1), True)
        nodes.append(onnx_file.node("PRelu", [f"conv{i}", slope], f"act{i}"))
        if layer.kind == "g":
            nodes.append(onnx_file.node("Concat", [at, f"act{i}"], f"joined{i}", axis=1))
        at = f"joined{i}" if layer.kind == "g" else f"act{i}"
    nodes.append(onnx_file.node("DepthToSpace", [f"conv{len(network.layers)}"], "residual", blocksize=network.blocks, mode="CRD"))
    add("scales", np.array([1, 1, SCALE, SCALE], np.float32))
    nodes.append(onnx_file.node("Resize", ["luma", "", "scales"], "classical", mode="cubic", coordinate_transformation_mode="half_pixel",
                                cubic_coeff_a=-0.5))
    nodes.append(onnx_file.node("Add", ["residual", "classical"], "upscaled"))
    metadata = {"id": identity, "task": "super-resolution", "licence": "MIT", "training_data": "as sr-x2-quality",
                "scale": str(SCALE), "weights_sha256": onnx_file.sha256_of(weights)}
    if network.high.abs().sum() > 0:
        steps = [network.activation_step(i) for i in range(len(network.layers) - 1)]
        metadata["activation_levels"] = str(int(LEVELS))
        metadata["activation_scales"] = " ".join(repr(float(np.float32(s))) for s, _ in steps)
        metadata["activation_zero_points"] = " ".join(str(int(z)) for _, z in steps)
    return onnx_file.model(nodes, tensors, [onnx_file.value("luma", [1, 1, "height", "width"])],
                           [onnx_file.value("upscaled", [1, 1, "upscaled_height", "upscaled_width"])], metadata)
