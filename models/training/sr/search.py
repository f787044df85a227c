#!/usr/bin/env python3
"""Trains the candidates of the search for small networks, each from the weights of a parent, all with the same budget and seed.

    search.py --pack DIR --data DIR --out DIR [--list FILE] [--only TEXT ...]

One folder for each candidate: float.pt and 8bit.pt (run-time forms), model.onnx, and a row of results.tsv; those that are there already
are not made again, so a stopped search goes on. `bench candidates --data OUT` of the benchmarks times the folders with the engine; front.py
joins both to the Pareto front. candidate.py says how networks are written.
"""

import argparse
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import candidate
import evaluate
import ranges
from candidate import Candidate
from export import golden_picture
from inherit import inherit
from train import Pack, validate

HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS = ("candidate", "parent", "parameters", "multiplies", "steps", "seconds", "valid_dB", "Set14_dB", "valid_8bit_dB", "Set14_8bit_dB")


def parent_state(name, out):
    """The run-time weights of a committed checkpoint (@file) or of another candidate."""
    path = os.path.join(HERE, "checkpoints", name[1:]) if name.startswith("@") else os.path.join(out, name, "float.pt")
    return torch.load(path, map_location="cpu")["weights"]


def fit(network, pack, steps, rate, seed, cooldown, average, mse=10.0, batch=16):
    """Trains in place; leaves the running average of the weights."""
    averaged = Candidate(network.text)
    averaged.load_state_dict(network.state_dict())
    averaged.quantised = network.quantised
    optimiser = torch.optim.Adam(network.parameters(), lr=rate, betas=(0.9, 0.99))
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 100) * min(1.0, (steps - step) / cooldown)
        low, high = pack.batch(batch, np.random.default_rng((seed, step)))
        low = low.contiguous(memory_format=torch.channels_last)
        error = network.residual(low) - F.pixel_unshuffle(high - network.base(low), network.blocks)
        loss = error.abs().mean() + (mse * (error**2).mean() if step >= steps - cooldown else 0)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        with torch.no_grad():
            decay = min(average, (step + 1) / (step + 10))
            torch._foreach_mul_(list(averaged.parameters()), decay)
            torch._foreach_add_(list(averaged.parameters()), list(network.parameters()), alpha=1 - decay)
    network.load_state_dict(averaged.state_dict())


def score(network, stills, upscale):
    """Mean PSNR in dB."""
    return np.mean([evaluate.psnr(evaluate.crop(upscale(network, low)), evaluate.crop(high)) for low, high in stills])


def release(network, folder):
    """The file that the engine runs, and a picture with the bytes that it must give."""
    with open(os.path.join(folder, "model.onnx"), "wb") as file:
        file.write(candidate.export(network, network.text))
    picture = candidate.even(golden_picture())
    picture.tofile(os.path.join(folder, "luma-62x48.u8"))
    candidate.upscale_integer(network, picture).tofile(os.path.join(folder, "upscaled-124x96.u8"))


def make(text, parent, steps, args, pack, valid, stills):
    started = time.monotonic()
    torch.manual_seed(args.seed)
    network = Candidate(text)
    if parent != "-":
        inherit(network, parent_state(parent, args.out), *pack.batch(64, np.random.default_rng(3)))
    fit(network, pack, steps, args.rate, args.seed, steps * 7 // 10, 0.995)
    network.collapse()
    float_state = network.state()
    clean, set14 = validate(network, valid), score(network, stills, candidate.upscale)

    ranges.quantiles(network, pack)
    network.fit_ranges()
    network.quantised = True
    fit(network, pack, args.quantised_steps, 2e-4, args.seed + 1, args.quantised_steps - 50, 0.99)
    network.collapse()
    clean8, set14_8 = validate(network, valid), score(network, stills, candidate.upscale_integer)

    folder = os.path.join(args.out, text)
    os.makedirs(folder, exist_ok=True)
    torch.save({"text": text, "parent": parent, "weights": float_state}, os.path.join(folder, "float.pt"))
    torch.save({"text": text, "parent": parent, "weights": network.state()}, os.path.join(folder, "8bit.pt"))
    release(network, folder)
    return (text, parent, network.parameters_at_run_time(), network.multiplies(), steps, f"{time.monotonic() - started:.0f}",
            f"{clean:.3f}", f"{set14:.3f}", f"{clean8:.3f}", f"{set14_8:.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", required=True)
    parser.add_argument("--data", required=True, help="holds test/Set14")
    parser.add_argument("--cache", help="folder for halved stills")
    parser.add_argument("--out", required=True)
    parser.add_argument("--list", default=os.path.join(HERE, "candidates.tsv"), help="candidate, parent, steps, one a line, in order")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--quantised-steps", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    os.makedirs(args.out, exist_ok=True)
    results = os.path.join(args.out, "results.tsv")
    if not os.path.exists(results):
        with open(results, "w") as file:
            file.write("\t".join(COLUMNS) + "\n")

    args.benchmarks, args.sets = None, ["Set14"]
    stills = [evaluate.still(path, args.cache) for _, files in evaluate.still_sets(args) for path in files]
    pack, valid = Pack(args.pack, "train"), Pack(args.pack, "valid")
    while True:
        # Read anew each time: candidates may be added while the search runs.
        done = {line.split("\t")[0] for line in open(results)}
        rows = [line.split() for line in open(args.list) if line.strip() and not line.startswith("#")]
        row = next((r for r in rows if r[0] not in done and (not args.only or r[0] in args.only)), None)
        if row is None:
            return
        text, parent, steps = row[0], row[1], int(row[2])
        made = make(text, parent, steps, args, pack, valid, stills)
        with open(results, "a") as file:
            file.write("\t".join(map(str, made)) + "\n")
        print(*made, flush=True)


if __name__ == "__main__":
    main()
