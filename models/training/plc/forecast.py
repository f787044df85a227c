#!/usr/bin/env python3
"""
First weights for `train.py --network envelope`: encoder and recurrent unit that foretell the 32 bands of the next 150 ms from those of the last 150, anywhere
in the calls that pack.py made, lost or not. Cheap beside the rest of the training, and on many more pasts than those of losses.

    forecast.py --pack WORK/pack --out WORK/forecast.pt [--steps 5000]
"""

import argparse
import glob
import os

import numpy as np
import torch
from torch import nn

from model import BANDS, FFT, FRAME, FRAMES, HOP, LEVEL_LENGTH, Concealer, band_matrix

AHEAD = 15
BATCH = 256
RATE_OF_LEARNING = 2e-3
QUIETEST = 1e-5


class Forecaster(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.encode, self.context = network.encode, network.context
        self.tell = nn.Sequential(nn.Linear(network.context.hidden_size, 256), nn.ReLU(), nn.Linear(256, AHEAD * BANDS))

    def forward(self, past):
        state = self.context(torch.tanh(self.encode(past)))[1][0]
        return past[:, -1:] + self.tell(state).view(-1, AHEAD, BANDS)


def power_of(samples):
    """Band powers of frames [n, BANDS], and the mean square of the 40 ms that each frame ends, [n]."""
    window, matrix = torch.hann_window(FRAME), torch.from_numpy(band_matrix())
    bands = []
    for part in torch.from_numpy(samples).unfold(0, FRAME, HOP).split(20000):
        bands.append(torch.fft.rfft(part * window, FFT).abs().pow(2) @ matrix / FRAME)
    bands = torch.cat(bands)
    sums = np.concatenate(([0], np.cumsum(samples.astype(np.float64) ** 2)))
    ends = HOP * np.arange(len(bands)) + FRAME
    level = (sums[ends] - sums[np.maximum(ends - LEVEL_LENGTH, 0)]) / LEVEL_LENGTH
    return bands, torch.from_numpy(level.astype(np.float32))


def calls(pack, split):
    parts = []
    for path in sorted(glob.glob(os.path.join(pack, split + "-*[0-9].npz"))):
        with np.load(path) as arrays:
            parts.append(power_of(arrays["clean"].astype(np.float32) / 32768))
    return [torch.cat(values) for values in zip(*parts)]


def cut(power, level, at):
    """Features before and after places, as the network measures them over the level of the past."""
    windows = power[at[:, None] + torch.arange(-FRAMES, AHEAD)] / level[at - 1].clamp_min(1e-8)[:, None, None]
    return (torch.log10(windows + 1e-5) / 3).split((FRAMES, AHEAD), 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    network = Concealer("envelope")
    forecaster = Forecaster(network)
    optimiser = torch.optim.AdamW(forecaster.parameters(), weight_decay=1e-3)
    power, level = calls(args.pack, "train")
    places = torch.nonzero(level > QUIETEST).flatten() + 1
    places = places[(places > FRAMES) & (places < len(power) - AHEAD)]
    valid = calls(args.pack, "valid")
    there = torch.arange(FRAMES + 1, len(valid[0]) - AHEAD, 3)
    past, future = cut(*valid, there[valid[1][there - 1] > QUIETEST])
    print("bels of amplitude, the last frame held:", 1.5 * (past[:, -1:] - future).abs().mean().item())
    for step in range(args.steps):
        for group in optimiser.param_groups:
            group["lr"] = RATE_OF_LEARNING * min(1.0, (step + 1) / 100) * min(1.0, 2 * (1 - step / args.steps))
        before, after = cut(power, level, places[torch.randint(len(places), (BATCH,))])
        loss = (forecaster(before) - after).abs().mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(forecaster.parameters(), 1.0)
        optimiser.step()
        if (step + 1) % 500 == 0 or step + 1 == args.steps:
            with torch.no_grad():
                error = sum((forecaster(x) - y).abs().sum() for x, y in zip(past.split(1024), future.split(1024))) / future.numel()
            print(f"{step + 1}: {1.5 * loss.item():.4f} in training, {1.5 * error:.4f} on unseen voices", flush=True)
    torch.save(dict(name="envelope", step=0, averaged=network.state_dict()), args.out)


if __name__ == "__main__":
    main()
