#!/usr/bin/env python3
"""Trains one network on packed luma. Resumable: run the same command again after a stop and it goes on at the last checkpoint.

    train.py --network quality --pack DIR --run DIR --steps 60000 --cooldown 15000

The learning rate is constant after a short warm-up and falls linearly to zero over the last --cooldown steps, so that a run is made
longer by asking for more steps from a checkpoint taken before the fall (trunk.pt); final.pt holds the collapsed, averaged weights.
--init FILE starts from the weights of another checkpoint (quantisation-aware phase, codec set, distillation keep the same script).
Same seed, same data and same machine give the same run; a resumed one too, as crops depend on seed and step alone.
"""

import argparse
import os
import signal
import time

import numpy as np
import torch
import torch.nn.functional as F

import inherit
import model
import ranges

CROP = 32


class Pack:
    """
    Crops of (low, high resolution) luma from a packed set, perhaps only from pictures coded with some range of quantiser steps, and
    perhaps with what a teacher made of each.
    """

    def __init__(self, folder, name, crop=CROP, steps=None, taught=False):
        path = os.path.join(folder, name)
        low, high = (np.fromfile(f"{path}.{side}.u8", np.uint8) for side in ("lr", "hr"))
        self.scale = round((len(high) / len(low)) ** 0.5)
        self.sides = [(low, 1), (high, self.scale)]
        if taught:
            self.sides.append((np.fromfile(path + ".taught.u16", np.uint16), self.scale))
        self.index = np.load(os.path.join(folder, name + ".index.npy"))
        self.cells = np.load(os.path.join(folder, name + ".cells.npy"))
        if steps:
            coded = np.load(os.path.join(folder, name + ".steps.npy"))[self.cells[:, 0]]
            self.cells = self.cells[(coded >= steps[0]) & (coded < steps[1])]
        self.crop = crop

    def batch(self, size, rng):
        parts = [self.cut(cell, 1, rng) for cell in rng.integers(len(self.cells), size=size)]
        return tuple(to_tensor(np.concatenate(side)) for side in zip(*parts))

    def pairs(self, size, rng):
        """Crops of two consecutive pictures each, the later ones after all earlier ones: of a pack that codec.py --pairs made."""
        parts = [self.cut(cell, 2, rng) for cell in rng.integers(len(self.cells), size=size)]
        return tuple(to_tensor(np.stack([part[side] for part in parts], 1).reshape(-1, *parts[0][side].shape[1:])) for side in (0, 1))

    def cut(self, cell, count, rng):
        """The same crop of so many pictures that lie together, turned or mirrored."""
        crop = self.crop
        picture, y, x = self.cells[cell]
        picture -= picture % count
        _, h, w = self.index[picture]
        y = np.clip(y + rng.integers(-8, 9), 0, h - crop)
        x = np.clip(x + rng.integers(-8, 9), 0, w - crop)
        turn = rng.integers(8)
        sides = [[] for _ in self.sides]
        for offset in self.index[picture : picture + count, 0]:
            for crops, (samples, times) in zip(sides, self.sides):
                begin, height, width, top, left, size = (int(n) for n in (times * times * offset, times * h, times * w, times * y, times * x, times * crop))
                a = samples[begin : begin + height * width].reshape(height, width)[top : top + size, left : left + size]
                if turn & 1:
                    a = a[:, ::-1]
                if turn & 2:
                    a = a[::-1]
                crops.append(a.T if turn & 4 else a)
        return [np.stack(crops) for crops in sides]


def to_tensor(samples):
    """Luma from bytes, or from 256ths of them in words."""
    return torch.from_numpy(samples.astype(np.float32)).unsqueeze(1).div_(255 * (256 if samples.dtype == np.uint16 else 1))


class Mixture:
    """Draws each crop from one of several packs, by weight."""

    def __init__(self, packs, weights):
        self.packs = packs
        self.weights = np.array(weights) / sum(weights)

    def batch(self, size, rng):
        counts = rng.multinomial(size, self.weights)
        parts = [pack.batch(n, rng) for pack, n in zip(self.packs, counts) if n]
        return tuple(torch.cat(side) for side in zip(*parts))


def schedule(step, args):
    rise = min(1.0, (step + 1) / args.warmup)
    fall = min(1.0, (args.steps - step) / args.cooldown)
    return args.rate * rise * fall


def validate(network, pack, crops=192):
    """Mean PSNR of fixed validation crops, in dB, their 4-sample border left out."""
    rng = np.random.default_rng(1)
    total, count = 0.0, 0
    with torch.no_grad():
        for _ in range(crops // 32):
            low, high = pack.batch(32, rng)
            device = next(network.parameters()).device
            out = network(low.to(device)).clamp(0, 1)
            error = ((out - high.to(device)) ** 2)[:, :, 4:-4, 4:-4].mean((1, 2, 3)).clamp_min(1e-7)
            total += (-10 * torch.log10(error)).sum().item()
            count += len(low)
    return total / count


def save(path, **content):
    torch.save(content, path + ".part")
    os.replace(path + ".part", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=list(model.NETWORKS), required=True)
    parser.add_argument("--scale", type=int, choices=(1, 2, 3), default=2)
    parser.add_argument("--pack", help="folder pack.py made; holds train.* and valid.*")
    parser.add_argument("--dense-pack", help="folder pack.py --dense made, mixed in at --dense-share of what is not coded")
    parser.add_argument("--dense-share", type=float, default=0.25)
    parser.add_argument("--codec-pack", help="folder codec.py made, mixed in at --codec-share")
    parser.add_argument("--codec-share", type=float, default=0.75)
    parser.add_argument("--pairs-pack", help="folder codec.py --pairs made; half a batch of its pairs is added to each batch for --flicker")
    parser.add_argument("--flicker", type=float, default=0.004, help="weight of the logarithm of a pair's flicker: how much the error changes from the one to the other")
    parser.add_argument("--codec-steps", type=float, nargs=2, metavar=("FROM", "TO"), help="only pictures coded with such quantiser steps")
    parser.add_argument("--run", required=True, help="folder of this run's checkpoints")
    parser.add_argument("--init", help="checkpoint to start from; a smaller network's final.pt too")
    parser.add_argument("--tail", action="store_true", help="train the last layer alone, the others stay as --init gave them")
    parser.add_argument("--quantised", action="store_true", help="train with 8-bit weights and activations in the forward pass")
    parser.add_argument("--both", action="store_true", help="with --quantised: the float form counts as much")
    parser.add_argument("--learned-ranges", action="store_true", help="with --quantised: channels made equally large, the ends of the ranges learned")
    parser.add_argument("--activation", choices=("prelu", "relu"), default="prelu")
    parser.add_argument("--taught", type=float, default=0.0, help="share of the target that what teach.py made takes, without --codec-pack")
    parser.add_argument("--steps", type=int, default=60000)
    parser.add_argument("--cooldown", type=int, default=15000)
    parser.add_argument("--warmup", type=int, default=300)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--crop", type=int, default=CROP)
    parser.add_argument("--border", type=int, default=0, help="samples at a crop's edge that do not count: they lack what lies around them")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--average", type=float, default=0.999)
    parser.add_argument("--mse", type=float, default=10.0, help="weight of a squared error beside the absolute one while the rate falls")
    parser.add_argument("--psnr", type=float, default=0.0, help="weight of the crops' mean PSNR, which minds soft pictures as much as busy ones")
    parser.add_argument("--expand", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--save-every", type=float, default=60, help="seconds between checkpoints")
    parser.add_argument("--stop-after", type=float, default=0, help="leave with a checkpoint after so many seconds; 0: never")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    os.makedirs(args.run, exist_ok=True)
    trunk, final = os.path.join(args.run, "trunk.pt"), os.path.join(args.run, "final.pt")
    running = os.path.join(args.run, "running.pt")

    network = model.build(args.network, args.activation, args.expand, args.scale).to(args.device)
    averaged = model.build(args.network, args.activation, args.expand, args.scale).to(args.device)
    sources, shares = [], []
    if args.pack:
        sources, shares = [Pack(args.pack, "train", args.crop, taught=args.taught > 0)], [1 - args.codec_share if args.codec_pack else 1]
    if args.dense_pack:
        sources.append(Pack(args.dense_pack, "train", args.crop, taught=args.taught > 0))
        shares += [shares[0] * args.dense_share]
        shares[0] -= shares[1]
    if args.codec_pack:
        sources.append(Pack(args.codec_pack, "train", args.crop, args.codec_steps))
        shares.append(args.codec_share)
    if not args.pack and not args.codec_pack or any(source.scale != args.scale for source in sources):
        parser.error(f"--pack or --codec-pack, made for scale {args.scale}")
    packs = Mixture(sources, shares)
    pairs = Pack(args.pairs_pack, "train", args.crop) if args.pairs_pack else None
    valid = Pack(args.pack, "valid") if args.pack else None
    valid_codec = Pack(args.codec_pack, "valid", steps=args.codec_steps) if args.codec_pack else None

    for limit in (network.low, network.high):
        limit.requires_grad_(args.quantised and args.learned_ranges)
    if args.tail:
        network.requires_grad_(False)
        network.convs[-1].requires_grad_(True)
    optimiser = torch.optim.Adam([p for p in network.parameters() if p.requires_grad], lr=args.rate, betas=(0.9, 0.99))
    step, seconds = 0, 0.0
    resume = next((path for path in (running, trunk) if os.path.exists(path)), None)
    if resume:
        state = torch.load(resume, map_location=args.device)
        network.load_state_dict(state["network"])
        averaged.load_state_dict(state["averaged"])
        optimiser.load_state_dict(state["optimiser"])
        step, seconds = state["step"], state["seconds"]
    else:
        if args.init:
            state = torch.load(args.init, map_location=args.device)
            if state["name"] == args.network:
                load_weights(network, state)
            else:
                inherit.grow(network, state["weights"])
        averaged.load_state_dict(network.state_dict())
        if args.quantised:
            (ranges.fit if args.learned_ranges else ranges.quantiles)(network, packs)
            averaged.load_state_dict(network.state_dict())
    averaged.quantised = args.quantised
    forms = (True, False) if args.both else (args.quantised,)

    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    log = open(os.path.join(args.run, "log.tsv"), "a", buffering=1)
    if not step:
        log.write(f"# {vars(args)}\nstep\tseconds\tloss\tvalid_dB\tvalid_codec_dB\n")
    started = saved = time.monotonic()
    losses = []

    def checkpoint(path):
        # Moments as bfloat16 keep the file under 1 MB; loading widens them again.
        moments = optimiser.state_dict()
        moments["state"] = {i: {k: v.bfloat16() if k.startswith("exp_avg") else v for k, v in entry.items()}
                            for i, entry in moments["state"].items()}
        save(path, name=args.network, activation=args.activation, expand=args.expand, scale=args.scale, step=step,
             seconds=seconds + time.monotonic() - started, network=network.state_dict(), averaged=averaged.state_dict(),
             optimiser=moments, quantised=args.quantised)

    def report():
        clean, codec = (f"{validate(averaged, pack):.3f}" if pack else "-" for pack in (valid, valid_codec))
        log.write(f"{step}\t{seconds + time.monotonic() - started:.0f}\t{np.mean(losses):.6f}\t{clean}\t{codec}\n")
        losses.clear()

    while step < args.steps:
        if step == args.steps - args.cooldown:
            checkpoint(trunk)
        for group in optimiser.param_groups:
            group["lr"] = schedule(step, args)
        rng = np.random.default_rng((args.seed, step))
        low, high, *taught = packs.batch(args.batch, rng)
        if pairs:
            low, high = (torch.cat(both) for both in zip((low, high), pairs.pairs(args.batch // 4, rng)))
        low = low.to(args.device).contiguous(memory_format=torch.channels_last)
        high = high.to(args.device)
        if taught:
            high = high.lerp(taught[0].to(args.device), args.taught)
        # Loss in the domain of the four phases: what the shuffle would only reorder.
        inner = slice(args.border, args.crop - args.border)
        target = F.pixel_unshuffle(high, network.scale) - network.base(low)
        target = target[:, :, inner, inner]
        loss = 0
        for network.quantised in forms:
            out = network.residual(low)[:, :, inner, inner]
            loss = loss + (out - target).abs().mean()
            if step >= args.steps - args.cooldown:
                loss = loss + args.mse * ((out - target) ** 2).mean()
            if args.psnr:
                loss = loss + args.psnr * 10 * torch.log10(((out - target) ** 2).mean((1, 2, 3)) + 1e-5).mean()
            if pairs:
                earlier, later = (out - target)[args.batch :].chunk(2)
                loss = loss + args.flicker * ((later - earlier).abs().mean((1, 2, 3)) + 2e-4).log().mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        with torch.no_grad():
            decay = min(args.average, (step + 1) / (step + 10))
            torch._foreach_mul_(list(averaged.parameters()), decay)
            torch._foreach_add_(list(averaged.parameters()), list(network.parameters()), alpha=1 - decay)
        losses.append(loss.item())
        step += 1
        if step % 2000 == 0:
            report()
        now = time.monotonic()
        stopping = asked or (args.stop_after and now - started > args.stop_after)
        if stopping or now - saved > args.save_every:
            checkpoint(running)
            saved = now
        if stopping:
            return

    if losses:
        report()
    checkpoint(running)
    for conv in averaged.convs:
        conv.collapse()
    save(final, name=args.network, activation=args.activation, scale=args.scale, step=step, quantised=args.quantised, expand=args.expand,
         seconds=seconds + time.monotonic() - started, weights=collapsed_state(averaged))


def collapsed_state(network):
    """The run-time form: kernels, biases, slopes and activation ranges."""
    state = {f"kernel{i}": k.detach().cpu().clone() for i, k in enumerate(network.kernels())}
    state.update({f"bias{i}": c.bias.detach().cpu().clone() for i, c in enumerate(network.convs)})
    if network.activation == "prelu":
        state.update({f"slope{i}": s.detach().cpu().clone() for i, s in enumerate(network.slopes)})
    state.update(low=network.low.cpu().clone(), high=network.high.cpu().clone())
    return state


def load_weights(network, checkpoint):
    """Takes a training checkpoint (its average) or a collapsed one; of another scale all but the last layer."""
    if "averaged" in checkpoint:
        network.load_state_dict(checkpoint["averaged"])
        return
    weights = checkpoint["weights"]
    with torch.no_grad():
        for i, conv in enumerate(network.convs):
            if conv.plain.shape != weights[f"kernel{i}"].shape:
                continue
            conv.narrow.zero_()
            conv.point.zero_()
            conv.plain.copy_(weights[f"kernel{i}"] - conv.identity)
            conv.bias.copy_(weights[f"bias{i}"])
            if network.activation == "prelu" and i < len(network.slopes):
                network.slopes[i].copy_(weights[f"slope{i}"])
        network.low.copy_(weights["low"])
        network.high.copy_(weights["high"])


if __name__ == "__main__":
    main()
