"""The luma networks, in training form and collapsed, and their fake quantisation.

A network is a chain of 3x3 convolutions with a clipped or parametric rectifier between, the last giving the scale x scale phases of the
residual that is added to the bicubic upscale of the same picture (at scale 1, to the picture itself).
Luma goes in and comes out as bytes / 255.
"""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from resample import cubic

# name: (width, number of width-to-width layers)
NETWORKS = {"quality": (16, 4), "fast": (8, 4), "teacher": (32, 6)}
# Activations are bytes 0..255. The weights of one sign in a kernel row and two input channels have at most ROW_SUM steps: with six
# halves of rounding, their products with activations stay within 16 bits.
LEVELS = 255.0
ROW_SUM = 125.0
FIRST_LEVELS = 16383.0


class CollapsibleConv(nn.Module):
    """A 3x3 convolution held as a sum of branches (3x3; 3x3 to wide, then 1x1; 1x1; identity), collapsed to one kernel before it runs.

    The branches change only the path the optimiser takes; they are summed as kernels, so the collapsed form is exact also at the edge.
    """

    def __init__(self, inputs, outputs, expand=64, identity=True):
        super().__init__()
        self.plain = nn.Parameter(torch.empty(outputs, inputs, 3, 3))
        self.wide = nn.Parameter(torch.empty(expand, inputs, 3, 3))
        self.narrow = nn.Parameter(torch.empty(outputs, expand))
        self.point = nn.Parameter(torch.empty(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        nn.init.kaiming_normal_(self.plain, nonlinearity="relu")
        self.plain.data *= 0.5
        nn.init.kaiming_normal_(self.wide, nonlinearity="linear")
        nn.init.normal_(self.narrow, std=0.5 / expand**0.5)
        nn.init.normal_(self.point, std=0.3 / inputs**0.5)
        delta = torch.zeros(outputs, inputs, 3, 3)
        if identity and inputs == outputs:
            delta[torch.arange(outputs), torch.arange(outputs), 1, 1] = 1
        self.register_buffer("identity", delta, persistent=False)

    def kernel(self):
        outputs, inputs = self.plain.shape[:2]
        wide = (self.narrow @ self.wide.reshape(self.wide.shape[0], -1)).view(outputs, inputs, 3, 3)
        return self.plain + wide + F.pad(self.point.view(outputs, inputs, 1, 1), (1, 1, 1, 1)) + self.identity

    def collapse(self):
        """Puts everything into the one kernel and makes the other branches zero; the function stays the same."""
        with torch.no_grad():
            self.plain.copy_(self.kernel() - self.identity)
            self.narrow.zero_()
            self.point.zero_()


def round_through(x):
    """Rounds, with the gradient of the identity."""
    return x + (x.round() - x).detach()


class Rectify(torch.autograd.Function):
    """Parametric rectifier, several times as fast backwards on a CPU as torch's."""

    @staticmethod
    def forward(ctx, x, slope):
        slope = slope.view(1, -1, 1, 1)
        ctx.save_for_backward(x, slope)
        return torch.addcmul(x, x.clamp_max(0), slope - 1)

    @staticmethod
    def backward(ctx, gradient):
        x, slope = ctx.saved_tensors
        below = gradient - torch.ops.aten.threshold_backward(gradient, x, 0)
        return torch.addcmul(gradient, below, slope - 1), (below * x).sum((0, 2, 3))


class Quantise(torch.autograd.Function):
    """Rounds activations to the 255 steps from low to high, an end of one of them at zero; the ends have gradients too (Esser et al., LSQ, 2020)."""

    @staticmethod
    def forward(ctx, x, low, high):
        step = (high - low) / LEVELS
        zero = torch.round(-low / step)
        scaled = x / step
        whole = scaled.round().clamp_(-zero.item(), (LEVELS - zero).item())
        ctx.save_for_backward(scaled, whole, zero)
        return whole * step

    @staticmethod
    def backward(ctx, gradient):
        scaled, whole, zero = ctx.saved_tensors
        away = whole - scaled
        inside = gradient * (away.abs() <= 0.5)
        rounding = (inside * away).sum() / LEVELS
        outside = gradient - inside
        below = (outside * (whole < 0)).sum()
        return inside, below - rounding, outside.sum() - below + rounding


def weight_step(kernel, first):
    """Steps [out, 1, 1, 1] of a layer's integer weights: 8 bits, 16 in the first layer.

    Wide enough that, for each kernel row and pair of input channels, products of one sign with activations of 0..255 cannot overflow
    the 16-bit partial sum of the byte multiply-add instruction.
    """
    if first:
        return kernel.abs().amax((1, 2, 3), keepdim=True).clamp_min(1e-8) / FIRST_LEVELS
    outputs, inputs, rows, columns = kernel.shape
    pairs = kernel.reshape(outputs, inputs // 2, 2, rows, columns)
    positive = pairs.clamp_min(0).sum((2, 4)).amax((1, 2))
    negative = -pairs.clamp_max(0).sum((2, 4)).amin((1, 2))
    return (torch.maximum(positive, negative).clamp_min(1e-8) / ROW_SUM).view(-1, 1, 1, 1)


class Network(nn.Module):
    def __init__(self, width, depth, expand=64, activation="prelu", scale=2):
        super().__init__()
        self.convs = nn.ModuleList(
            [CollapsibleConv(1, width, expand)]
            + [CollapsibleConv(width, width, expand) for _ in range(depth)]
            + [CollapsibleConv(width, scale**2, expand)]
        )
        with torch.no_grad():
            last = self.convs[-1]
            for p in (last.plain, last.narrow, last.point):
                p *= 0.1
        self.activation = activation
        self.scale = scale
        if activation == "prelu":
            self.slopes = nn.ParameterList([nn.Parameter(torch.full((width,), 0.1)) for _ in range(depth + 1)])
        # Filled by ranges.py; while empty the network runs in float.
        self.low = nn.Parameter(torch.zeros(depth + 1), requires_grad=False)
        self.high = nn.Parameter(torch.zeros(depth + 1), requires_grad=False)
        self.quantised = False
        self.register_buffer("base_kernel", cubic_taps(scale), persistent=False)

    def kernels(self):
        return [c.kernel() for c in self.convs]

    def activate(self, x, layer):
        if self.activation == "prelu":
            return Rectify.apply(x, self.slopes[layer])
        return F.relu(x)

    def activation_step(self, layer):
        """Step and zero point of the 8-bit (0..255) form of a layer's output."""
        low, high = self.low[layer].detach(), self.high[layer].detach()
        step = (high - low) / LEVELS
        return step, torch.round(-low / step)

    def residual(self, x, observe=None):
        for layer, conv in enumerate(self.convs):
            kernel = conv.kernel()
            if self.quantised:
                step = weight_step(kernel.detach(), layer == 0)
                kernel = round_through(kernel / step) * step
            x = F.conv2d(x, kernel.contiguous(memory_format=torch.channels_last), conv.bias, 1, 1)
            if layer + 1 == len(self.convs):
                return x
            x = self.activate(x, layer)
            if observe is not None:
                observe(layer, x)
            if self.quantised:
                x = Quantise.apply(x, self.low[layer], self.high[layer])

    def base(self, x):
        return F.conv2d(F.pad(x, (2, 2) * 2, mode="replicate"), self.base_kernel.to(x.dtype))

    def forward(self, x):
        return F.pixel_shuffle(self.base(x) + self.residual(x), self.scale)


def cubic_taps(scale):
    """The bicubic upscale as a 5x5 convolution to the phases (y phase * scale + x phase)."""
    axis = []
    for phase in range(scale):
        centre = (phase + 0.5) / scale - 0.5
        axis.append(torch.tensor(cubic(torch.arange(-2, 3).numpy() - centre), dtype=torch.float32))
    return torch.stack([torch.outer(axis[p // scale], axis[p % scale]) for p in range(scale * scale)]).unsqueeze(1)


def build(name, activation="prelu", expand=64, scale=2):
    width, depth = NETWORKS[name]
    return Network(width, depth, expand, activation, scale)


def collapsed_parameters(network):
    count = sum(k.numel() for k in network.kernels()) + sum(c.bias.numel() for c in network.convs)
    return count + (sum(s.numel() for s in network.slopes) if network.activation == "prelu" else 0)


@torch.no_grad()
def upscale_integer(network, luma):
    """The released 8-bit arithmetic, number for number: luma (h, w), rounded to bytes, to bytes (scale h, scale w). Slow and plain."""
    source = torch.from_numpy(np.floor(luma + 0.5)).double()[None, None]
    x, in_step = source, 1 / 255
    zero = None
    for layer, conv in enumerate(network.convs):
        # In doubles, as the engine does: a weight may lie on the border between two steps.
        kernel = conv.kernel().detach().cpu().double()
        step = weight_step(kernel, layer == 0)
        weights = (kernel / step).round()
        bias = (conv.bias.detach().cpu().double() / (in_step * step.view(-1))).round()
        if zero is not None:
            x = x - zero
        # Sums of bytes stay below 2^24, where floats are whole numbers too, and several times as fast; the first layer's do not.
        width = torch.float64 if layer == 0 else torch.float32
        sums = F.conv2d(x.to(width), weights.to(width), padding=1).double() + bias.view(1, -1, 1, 1)
        value = sums * (step.view(1, -1, 1, 1) * in_step)
        if layer + 1 == len(network.convs):
            break
        if network.activation == "prelu":
            value = torch.where(value < 0, value * network.slopes[layer].detach().cpu().double().view(1, -1, 1, 1), value)
        else:
            value = value.clamp_min(0)
        in_step, zero = (float(v) for v in network.activation_step(layer))
        x = torch.floor((value / in_step + zero + 0.5).clamp(0, LEVELS))
    out = F.pixel_shuffle(network.base(source) + 255 * value, network.scale)
    return torch.floor((out + 0.5).clamp(0, 255)).to(torch.uint8)[0, 0].numpy()


@torch.no_grad()
def upscale(network, luma):
    """The float form: luma 0..255 (h, w) to bytes (scale h, scale w)."""
    x = torch.from_numpy(luma.astype(np.float32))[None, None] / 255
    return torch.floor((network(x) * 255 + 0.5).clamp(0, 255)).to(torch.uint8)[0, 0].numpy()
