"""A child of a trained chain of dense convolutions: layers dropped or added, channels dropped or added, kernels factored."""

import torch
import torch.nn.functional as F

import candidate

# What a child's layers stand for in the dense chain that it is made from: kinds that share one dense layer, and the
# number of them.
PAIRS = {("d", "p"), ("v", "h")}


def skeleton(layers):
    """[(first child layer, how many)] for each dense layer."""
    groups, i = [], 0
    while i < len(layers):
        kinds = tuple(kind for kind, _, _ in layers[i : i + 2])
        size = 2 if kinds in PAIRS or kinds == ("c", "g") or kinds == ("p", "g") else 1
        groups.append((i, size))
        i += size
    return groups


def dense(state):
    """A run-time state as a list of [kernel, bias, slope], all kernels dense; the tail's slope is None."""
    count = sum(name.startswith("kernel") for name in state)
    return [[state[f"kernel{i}"].clone(), state[f"bias{i}"].clone(), state.get(f"slope{i}")] for i in range(count)]


def run(chain, x):
    for kernel, bias, slope in chain:
        x = F.conv2d(x, kernel, bias, padding=(kernel.shape[2] // 2, kernel.shape[3] // 2))
        if slope is not None:
            x = torch.where(x < 0, x * slope.view(1, -1, 1, 1), x)
    return x


def drop_layers(chain, count, low, target):
    """Leaves out inner layers, each time the one without which the result is best."""
    while len(chain) > count:
        same = [i for i in range(1, len(chain) - 1) if chain[i][0].shape[0] == chain[i][0].shape[1]]
        chain = min((chain[:i] + chain[i + 1 :] for i in same), key=lambda c: (run(c, low) - target).abs().mean().item())
    return chain


def add_layers(chain, count):
    """Puts layers that change nothing before the tail."""
    while len(chain) < count:
        width = chain[-1][0].shape[1]
        kernel = torch.zeros(width, width, 3, 3)
        kernel[range(width), range(width), 1, 1] = 1
        chain = chain[:-1] + [[kernel, torch.zeros(width), torch.ones(width)]] + chain[-1:]
    return chain


def fit_channels(chain, widths):
    """Keeps the channels of the largest weight, in and out; new ones begin with random inputs that nothing reads yet."""
    for i, width in enumerate(widths):
        kernel, bias, slope = chain[i]
        after = chain[i + 1][0]
        weight = kernel.flatten(1).norm(dim=1) * after.transpose(0, 1).flatten(1).norm(dim=1)
        kept = weight.argsort(descending=True)[:width].sort().values
        kernel, bias, slope, after = kernel[kept], bias[kept], slope[kept], after[:, kept]
        more = width - len(kept)
        if more > 0:
            fan = kernel[0].numel()
            kernel = torch.cat((kernel, torch.randn(more, *kernel.shape[1:]) * (0.5 / fan**0.5)))
            bias, slope = torch.cat((bias, torch.zeros(more))), torch.cat((slope, torch.full((more,), 0.1)))
            after = torch.cat((after, torch.randn(after.shape[0], more, *after.shape[2:]) * 1e-3), 1)
        chain[i] = [kernel, bias, slope]
        chain[i + 1][0] = after
    return chain


def resize_kernel(kernel, size):
    """The middle of a kernel, or the kernel amid zeros."""
    for axis, wanted in ((2, size[0]), (3, size[1])):
        extra = wanted - kernel.shape[axis]
        if extra < 0:
            kernel = kernel.narrow(axis, -extra // 2, wanted)
        elif extra:
            kernel = F.pad(kernel, (extra // 2, extra // 2, 0, 0) if axis == 3 else (0, 0, extra // 2, extra // 2))
    return kernel


def place(network, first, size, kernel, bias, slope):
    """Puts a dense layer into the child's layers that stand for it."""
    layers = network.layers[first : first + size]
    kinds = "".join(l.kind for l in layers)
    outputs, inputs = kernel.shape[:2]
    if size == 1:
        layers[0].set(resize_kernel(kernel, candidate.SIZES[kinds]), bias, slope)
    elif kinds == "dp":
        # The best single kernel for each input channel.
        u, s, v = torch.linalg.svd(kernel.permute(1, 0, 2, 3).reshape(inputs, outputs, 9), full_matrices=False)
        layers[0].set((v[:, 0] * s[:, :1].sqrt()).view(inputs, 1, 3, 3), torch.zeros(inputs), torch.ones(inputs))
        layers[1].set((u[:, :, 0] * s[:, :1].sqrt()).t().reshape(outputs, inputs, 1, 1), bias, slope)
    elif kinds == "vh":
        middle = layers[0].outputs
        u, s, v = torch.linalg.svd(kernel.permute(0, 3, 1, 2).reshape(outputs * 3, inputs * 3), full_matrices=False)
        root = s[:middle].sqrt()
        layers[0].set((v[:middle] * root[:, None]).view(middle, inputs, 3, 1), torch.zeros(middle), torch.ones(middle))
        layers[1].set((u[:, :middle] * root).view(outputs, 3, middle).permute(0, 2, 1).reshape(outputs, middle, 1, 3), bias, slope)
    else:
        half = outputs // 2
        layers[0].set(resize_kernel(kernel[:half], candidate.SIZES[kinds[0]]), bias[:half], slope[:half])
        delta = torch.zeros(half, 1, 3, 3)
        delta[:, :, 1, 1] = 1
        layers[1].set(delta + 0.1 * torch.randn_like(delta), torch.zeros(half), torch.full((half,), 0.1))


@torch.no_grad()
def grow(network, state):
    """Fills a wider or deeper model.Network from a smaller one's run-time state: at first it does nearly the same."""
    chain = add_layers(dense(state), len(network.convs))
    chain = fit_channels(chain, [conv.plain.shape[0] for conv in network.convs[:-1]])
    for i, (conv, (kernel, bias, slope)) in enumerate(zip(network.convs, chain)):
        conv.narrow.zero_()
        conv.point.zero_()
        conv.plain.copy_(kernel - conv.identity)
        conv.bias.copy_(bias)
        if slope is not None:
            network.slopes[i].copy_(slope)


@torch.no_grad()
def inherit(network, state, low, high):
    """Fills a candidate from the run-time state of a dense one; low and high are crops to judge by."""
    chain = dense(state)
    groups = skeleton([(l.kind, l.inputs, l.outputs) for l in network.layers])
    target = F.pixel_unshuffle(high - network.base(low), network.blocks)
    x = F.pixel_unshuffle(low, 2) if network.folded else low
    chain = add_layers(drop_layers(chain, len(groups), x, target), len(groups))
    widths = [network.layers[first + size - 1].outputs for first, size in groups[:-1]]
    chain = fit_channels(chain, widths)
    for (first, size), (kernel, bias, slope) in zip(groups, chain):
        place(network, first, size, kernel, bias, slope)
