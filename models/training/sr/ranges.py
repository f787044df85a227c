"""The 8-bit form's activation ranges: one step and one zero for all channels of a layer.

quantiles() takes what a layer's activations are, the channels together. fit() makes the channels equally large first: a rectifier
commutes with a positive factor, so a channel may be multiplied by one and the kernels that read it divided by it, and the network
stays the same. The factors, and the zero that all channels of a layer share, are those with the least rounding error on crops of
training data: channels weighed by the kernels that read them, crops by how little the network errs there, as one decibel counts the
same everywhere.
"""

import numpy as np
import torch
import torch.nn.functional as F

from model import LEVELS

CROPS = 384
# Of each crop.
SAMPLES = 16
MOST_FACTOR = 16
# Of a channel's largest value: how much of it is kept before the rest is clipped.
KEPT = torch.linspace(0.1, 1.0, 31)


@torch.no_grad()
def observe(network, packs):
    """Some activations of each layer, [channels, CROPS * SAMPLES], and a weight for each of the samples."""
    rng = np.random.default_rng(2)
    device = next(network.parameters()).device
    seen, weights = [[] for _ in range(len(network.convs) - 1)], []

    def keep(layer, x):
        x = x[:, :, 6:-6, 6:-6].flatten(2)
        x = x[:, :, torch.from_numpy(rng.integers(x.shape[2], size=SAMPLES)).to(device)]
        seen[layer].append(x.transpose(0, 1).flatten(1))

    for _ in range(CROPS // 16):
        low, high = (side.to(device) for side in packs.batch(16, rng))
        out = F.pixel_shuffle(network.base(low) + network.residual(low, keep), network.scale)
        error = (out - high).square().mean((1, 2, 3)) + 1e-5
        weights.append((1 / error).repeat_interleave(SAMPLES))
    weights = torch.cat(weights).cpu()
    return [torch.cat(x, 1).cpu() for x in seen], weights / weights.sum()


def least_error(x, weights, channels):
    """The zero [0..255] of a layer and each channel's step, from activations x [channels, samples] and the weights of samples and channels."""
    best = None
    for zero in range(0, 193, 8):
        # A channel's reach: what its step must cover, on whichever side needs the larger one.
        reach = torch.maximum(x.amax(1).clamp_min(1e-6) / (LEVELS - zero), -x.amin(1) / max(zero, 0.5))
        steps = reach.view(-1, 1, 1) * KEPT.view(1, -1, 1)
        error = ((x.unsqueeze(1) / steps).round_().clamp_(-zero, LEVELS - zero) * steps - x.unsqueeze(1)).square_() @ weights
        least, at = error.min(1)
        total = (least * channels).sum().item()
        if best is None or total < best[0]:
            best = total, zero, steps[torch.arange(len(x)), at, 0]
    return best[1:]


@torch.no_grad()
def fit(network, packs):
    """Makes the channels of each layer equally large, in steps of 1/255, and sets the ranges."""
    for conv in network.convs:
        conv.collapse()
    seen, weights = observe(network, packs)
    for layer, x in enumerate(seen):
        conv, reader = network.convs[layer], network.convs[layer + 1]
        zero, steps = least_error(x, weights, reader.kernel().square().sum((0, 2, 3)).cpu())
        # A channel that is all but dead would become one whose weights run away.
        steps = torch.maximum(steps, steps.max() / MOST_FACTOR)
        factor = (1 / (LEVELS * steps)).to(conv.bias.device)
        conv.plain.copy_(conv.kernel() * factor.view(-1, 1, 1, 1) - conv.identity)
        conv.bias.mul_(factor)
        reader.plain.copy_(reader.kernel() / factor.view(1, -1, 1, 1) - reader.identity)
        network.low[layer] = -zero / LEVELS
        network.high[layer] = (LEVELS - zero) / LEVELS


@torch.no_grad()
def quantiles(network, packs, batches=40):
    """Sets the ranges: from the low to the high end of what crops of training data give, outliers cut."""
    rng = np.random.default_rng(2)
    lows, highs = {}, {}

    def keep(layer, x):
        flat = x.flatten()[:: max(1, x.numel() // 65536)]
        lows.setdefault(layer, []).append(torch.quantile(flat, 0.0005).item())
        highs.setdefault(layer, []).append(torch.quantile(flat, 0.9995).item())

    for _ in range(batches):
        network.residual(packs.batch(8, rng)[0].to(next(network.parameters()).device), keep)
    for layer in lows:
        network.low[layer] = min(0.0, float(np.mean(lows[layer])))
        network.high[layer] = float(np.mean(highs[layer]))
