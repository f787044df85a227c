#!/usr/bin/env python3
"""Fine-tunes a trained network with an adversary, and prints what that costs and gives.

    gan.py --checkpoint FILE --pack DIR --run DIR --loss l1|gan|bound|rank [--codec-pack DIR] [--steps 3000]

--loss, each with all of the one before:
  l1     absolute error alone: the same steps without an adversary, to compare with
  gan    and a patch adversary on luma (hinge loss, spectral norms; Isola et al. 2017, Miyato et al. 2018)
  bound  and the supervised bound: what a sample differs from the starting network's beyond --bound grey levels is punished
  rank   and a full-rank penalty on the tangent space: small independent changes of the input must not become dependent changes of the
         output. For --tangents smooth directions the logarithm of the Gram determinant of the output's finite differences may not fall
         below the starting network's.
final.pt holds the averaged weights, as train.py writes them, so train.py --quantised and export.py go on from it. Resumable, fixed seed.
The diversity printed is the effective rank (Roy and Vetterli 2007) of 8x8 patches of what the network adds to the bicubic upscale, over
that of what the originals add to it: 1 is the variety of nature, less is a network that repeats itself.
"""

import argparse
import os
import signal
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import model
from train import Mixture, Pack, collapsed_state, load_weights, save, validate

LOSSES = ("l1", "gan", "bound", "rank")


def adversary():
    """Tells patches of 22x22 output samples apart."""
    def conv(inputs, outputs, size, stride):
        return nn.utils.spectral_norm(nn.Conv2d(inputs, outputs, size, stride, padding=1))

    return nn.Sequential(
        conv(1, 24, 4, 2), nn.LeakyReLU(0.2), conv(24, 48, 4, 2), nn.LeakyReLU(0.2), conv(48, 48, 3, 1), nn.LeakyReLU(0.2), conv(48, 1, 3, 1))


def tangents(low, count, generator):
    """Smooth directions, as many for every picture, of one grey level."""
    n, _, h, w = low.shape
    coarse = torch.randn(n * count, 1, h // 4, w // 4, generator=generator)
    smooth = F.interpolate(coarse, (h, w), mode="bilinear", align_corners=False)
    return (smooth / smooth.flatten(1).std(1).view(-1, 1, 1, 1) / 255).to(low.device)


def log_volume(network, low, out, directions, count):
    """Of the parallelepiped that the directions become in the output, for each picture."""
    moved = network(low.repeat_interleave(count, 0) + directions)
    change = (moved - out.repeat_interleave(count, 0)).flatten(1).view(len(low), count, -1) * 255
    gram = change @ change.transpose(1, 2) / change.shape[2]
    return torch.logdet(gram + 1e-4 * torch.eye(count, device=low.device))


@torch.no_grad()
def diversity(network, pack, crops=96):
    """(effective rank of the network's detail, of the originals' detail)."""
    rng = np.random.default_rng(3)
    details = [[], []]
    for _ in range(crops // 16):
        low, high = pack.batch(16, rng)
        base = F.pixel_shuffle(network.base(low), network.scale)
        for kept, picture in zip(details, (network(low).clamp(0, 1), high)):
            kept.append(F.unfold(picture - base, 8, stride=8).transpose(1, 2).reshape(-1, 64))
    return [effective_rank(kept) for kept in details]


def effective_rank(kept):
    """Of the patches in a list of [count, samples] tensors: Roy and Vetterli 2007."""
    values = torch.linalg.svdvals(torch.cat(kept)) ** 2
    share = values / values.sum()
    return torch.exp(-(share * torch.log(share + 1e-12)).sum()).item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--pack", required=True)
    parser.add_argument("--codec-pack")
    parser.add_argument("--codec-share", type=float, default=0.75)
    parser.add_argument("--run", required=True)
    parser.add_argument("--loss", choices=LOSSES, required=True)
    parser.add_argument("--weight", type=float, default=0.003, help="of the adversary, beside an absolute error of 1")
    parser.add_argument("--bound", type=float, default=4.0, help="grey levels that a sample may differ for nothing")
    parser.add_argument("--tangents", type=int, default=4)
    parser.add_argument("--rank-weight", type=float, default=0.0005)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--save-every", type=float, default=60)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    os.makedirs(args.run, exist_ok=True)
    running, final = os.path.join(args.run, "running.pt"), os.path.join(args.run, "final.pt")
    level = LOSSES.index(args.loss)

    start = torch.load(args.checkpoint, map_location=args.device)
    facts = {key: start[key] for key in ("name", "activation", "expand")} | {"scale": start.get("scale", 2)}
    network, supervised, averaged = (model.build(*facts.values()).to(args.device) for _ in range(3))
    for each in (network, supervised, averaged):
        load_weights(each, start)
    opponent = adversary().to(args.device)
    ours = torch.optim.Adam(network.parameters(), lr=args.rate, betas=(0.9, 0.99))
    theirs = torch.optim.Adam(opponent.parameters(), lr=2 * args.rate, betas=(0.5, 0.99))
    sources = [Pack(args.pack, "train")] + ([Pack(args.codec_pack, "train")] if args.codec_pack else [])
    packs = Mixture(sources, [1 - args.codec_share, args.codec_share] if args.codec_pack else [1])
    valid = Pack(args.codec_pack or args.pack, "valid")

    parts = {"network": network, "averaged": averaged, "opponent": opponent, "ours": ours, "theirs": theirs}
    step, seconds = 0, 0.0
    if os.path.exists(running):
        state = torch.load(running, map_location=args.device)
        for key, part in parts.items():
            part.load_state_dict(state[key])
        step, seconds = state["step"], state["seconds"]
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    log = open(os.path.join(args.run, "log.tsv"), "a", buffering=1)
    if not step:
        log.write(f"# {vars(args)}\nstep\tseconds\tabsolute\tadversary\tbeyond_bound\trank\tvalid_dB\tdiversity\n")
    started = saved = time.monotonic()
    sums, counted = np.zeros(4), 0

    def report():
        mine, natural = diversity(averaged.cpu(), valid)
        averaged.to(args.device)
        line = "\t".join(f"{v:.5f}" for v in sums / max(1, counted))
        log.write(f"{step}\t{seconds + time.monotonic() - started:.0f}\t{line}\t{validate(averaged, valid):.3f}\t{mine / natural:.3f}\n")

    if not step:
        report()
    while step < args.steps:
        for group, rate in ((ours, args.rate), (theirs, 2 * args.rate)):
            for each in group.param_groups:
                each["lr"] = rate * min(1, 2 * (args.steps - step) / args.steps)
        low, high = (t.to(args.device) for t in packs.batch(args.batch, np.random.default_rng((args.seed, step))))
        out = network(low)
        loss = absolute = (out - high).abs().mean()
        terms = [absolute.item(), 0.0, 0.0, 0.0]
        if level >= 1:
            judged_real, judged_made = opponent(high * 2 - 1), opponent(out.detach() * 2 - 1)
            theirs.zero_grad(set_to_none=True)
            (F.relu(1 - judged_real).mean() + F.relu(1 + judged_made).mean()).backward()
            theirs.step()
            adverse = -opponent(out * 2 - 1).mean()
            loss, terms[1] = loss + args.weight * adverse, adverse.item()
        if level >= 2:
            with torch.no_grad():
                taught = supervised(low)
            beyond = F.relu((out - taught).abs() - args.bound / 255).mean()
            loss, terms[2] = loss + 10 * beyond, beyond.item()
        if level >= 3:
            few = low[: max(1, args.batch // 4)]
            directions = tangents(few, args.tangents, torch.Generator().manual_seed(step))
            with torch.no_grad():
                floor = log_volume(supervised, few, supervised(few), directions, args.tangents)
            lost = F.relu(floor - log_volume(network, few, network(few), directions, args.tangents)).mean()
            loss, terms[3] = loss + args.rank_weight * lost, lost.item()
        ours.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        ours.step()
        with torch.no_grad():
            torch._foreach_mul_(list(averaged.parameters()), 0.995)
            torch._foreach_add_(list(averaged.parameters()), list(network.parameters()), alpha=0.005)
        sums += terms
        counted += 1
        step += 1
        if step % 500 == 0:
            report()
            sums[:], counted = 0, 0
        now = time.monotonic()
        if asked or now - saved > args.save_every:
            save(running, step=step, seconds=seconds + now - started, **{key: part.state_dict() for key, part in parts.items()})
            saved = now
        if asked:
            return

    for conv in averaged.convs:
        conv.collapse()
    save(final, **facts, step=step, quantised=False, seconds=seconds + time.monotonic() - started, weights=collapsed_state(averaged))


if __name__ == "__main__":
    main()
