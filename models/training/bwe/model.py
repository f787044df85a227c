"""
The bandwidth-extension network. Every 10 ms it hears the levels of the bands received in both halves of the block and where they end,
and says with which gain the copied band and the noise go into each missing band at the end of each half. What it drives is in synthesis().
"""

import math

import torch
from torch import nn

import signal_path as sp

HALVES, CARRIERS = 2, 2
INPUTS = HALVES * sp.FEATURES + len(sp.CUTOFFS)
OUTPUTS = HALVES * CARRIERS * sp.BANDS
LEAST, MOST = -6.0, 1.5

NETWORKS = {
    "small": dict(encode=80, first=128, second=96, last=80),
}


class Extender(nn.Module):
    def __init__(self, name="small"):
        super().__init__()
        size = NETWORKS[name]
        self.name = name
        self.encode = nn.Linear(INPUTS, size["encode"])
        self.first = nn.GRU(size["encode"], size["first"], batch_first=True)
        self.second = nn.GRU(size["first"], size["second"], batch_first=True)
        self.last = nn.Linear(size["first"] + size["second"], size["last"])
        self.out = nn.Linear(size["last"], OUTPUTS)
        for gru in (self.first, self.second):
            for gate in gru.weight_hh_l0.data.chunk(3):
                nn.init.orthogonal_(gate)
        # Begins at about what the bands of speech are above the one copied: falling, and mostly noise.
        with torch.no_grad():
            self.out.weight.mul_(0.1)
            fall = -0.8 - torch.arange(sp.BANDS) / sp.BANDS * 1.5
            self.out.bias.copy_(torch.cat((fall - 0.5, fall)).repeat(HALVES))

    def forward(self, inputs):
        """[n, blocks, INPUTS] -> log10 of power gains, [n, 2 * blocks, CARRIERS, BANDS]."""
        x = torch.tanh(self.encode(inputs))
        one = self.first(x)[0]
        two = self.second(one)[0]
        x = torch.tanh(self.last(torch.cat((one, two), 2)))
        gains = self.out(x).view(len(x), -1, CARRIERS, sp.BANDS)
        # Beyond the limits a little slope is left for training.
        limited = gains.clamp(LEAST, MOST)
        return limited + 0.02 * (gains - limited) if self.training else limited


def inputs_of(powers, cutoff):
    """Band powers [n, 2 * blocks, FEATURES] and cut-offs [n], Hz -> what the network hears."""
    edges = torch.tensor(sp.FEATURE_EDGES[1:])
    seen = torch.log10(powers.clamp_min(1e-11)).masked_fill((edges > cutoff[:, None, None]), -11)
    seen = ((seen + 7) / 2).view(len(powers), -1, HALVES * sp.FEATURES)
    which = (torch.tensor(sp.CUTOFFS) == cutoff[:, None]).float()
    return torch.cat((seen, which[:, None].expand(-1, seen.shape[1], -1)), 2)


FFT = 512
MEMORY = sp.SHAPING_DELAY


class Synthesis:
    """The band filters as zero-phase responses, and the sum they make of the carriers."""

    def __init__(self):
        responses = []
        for cutoff in sp.CUTOFFS:
            filters = torch.tensor(sp.band_filters(cutoff), dtype=torch.float32)
            shifted = torch.roll(torch.nn.functional.pad(filters, (0, FFT - filters.shape[1])), -MEMORY, 1)
            responses.append(torch.fft.rfft(shifted).real)
        self.responses = torch.stack(responses)
        self.fade = torch.arange(1, sp.STEP + 1) / sp.STEP

    def __call__(self, gains, carriers, cutoff):
        """gains [n, steps, CARRIERS, BANDS] in log10 of power, carriers [n, CARRIERS, steps * STEP], without the filters' delay -> [n, steps * STEP]."""
        which = (torch.tensor(sp.CUTOFFS) == cutoff[:, None]).float().argmax(1)
        shape = torch.matmul(torch.exp(gains * (math.log(10) / 2)).flatten(1, 2), self.responses[which])
        shape = shape.view(*gains.shape[:3], -1)
        before = torch.cat((torch.zeros_like(shape[:, :1]), shape[:, :-1]), 1)
        frames = torch.nn.functional.pad(carriers, (MEMORY, MEMORY)).unfold(2, sp.STEP + 2 * MEMORY, sp.STEP)
        spectrum = torch.fft.rfft(frames, FFT)
        made = []
        for weight in (before, shape):
            product = (spectrum * weight.transpose(1, 2)).sum(1)
            made.append(torch.fft.irfft(product, FFT)[..., MEMORY : MEMORY + sp.STEP])
        return (made[0] + self.fade * (made[1] - made[0])).flatten(1)


def parameters(network):
    return sum(p.numel() for p in network.parameters())


if __name__ == "__main__":
    for name in NETWORKS:
        print(name, parameters(Extender(name)), "parameters, about as many multiply-adds a 10 ms block")
