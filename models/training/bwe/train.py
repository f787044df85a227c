#!/usr/bin/env python3
"""Trains the bandwidth-extension network through the synthesis. Resumable: the same command goes on at the last checkpoint.

    train.py --pack WORK/pack --run WORK/runs/levels --minutes 40 [--groups fb=0.7,wb=0.3]
    train.py --pack WORK/pack --run WORK/runs/small --minutes 20 --signals --rate 3e-4 --init WORK/runs/levels/final.pt

A batch is stretches of 3 s of the packed recordings (files train-GROUP-*, as they appear). First on levels alone, four times as fast; then with
--signals through the synthesis. The rate falls as a cosine to zero at --minutes of running time; final.pt holds averaged weights. Validation, on
unseen voices and clean input through the synthesis: the distance above the cut-off by region, of the network and of plain resampling, and by
how much its quietest frames are louder than the truth.
"""

import argparse
import glob
import math
import os
import signal
import time

import numpy as np
import torch

import levels
import losses
import signal_path as sp
from model import NETWORKS, Extender, Synthesis, inputs_of, parameters
from pack import SCALE
from variety import Caller

SEGMENT = 600


class Pack:
    """Recordings of the files of some groups, as they appear."""

    def __init__(self, folder, groups, signals=True):
        self.folder, self.shares, self.signals = folder, groups, signals
        self.files, self.places = {}, {name: [] for name in groups}
        self.refresh()

    def refresh(self):
        for name in self.shares:
            for path in sorted(glob.glob(os.path.join(self.folder, f"{name}-*[0-9].npy"))):
                if path in self.files:
                    continue
                base = path[: -len(".npy")]
                if not os.path.exists(base + ".levels.npz"):
                    continue
                powers = np.load(base + ".powers.npy")
                if self.signals:
                    self.files[path] = (np.load(path, mmap_mode="r"), powers)
                else:
                    with np.load(base + ".levels.npz") as content:
                        self.files[path] = (content["short"], content["long"], powers)
                with np.load(base + ".facts.npz") as content:
                    at = 0
                    for (cutoff, bandwidth, steps), name_of in zip(content["facts"], content["names"]):
                        self.places[name].append((path, at, int(steps), cutoff, bandwidth, str(name_of)))
                        at += int(steps)
        self.weights = {name: np.cumsum([p[2] for p in places]) for name, places in self.places.items() if places}

    def cut(self, place, start, steps):
        """Arrays of a stretch, zeros after its recording's end."""
        path, at, length, cutoff, bandwidth, _ = place
        *arrays, powers = self.files[path]
        begin, end = at + start, at + min(length, start + steps)
        seen = np.full((steps, sp.FEATURES), sp.POWER_FLOOR, np.float32)
        seen[: end - begin] = powers[begin:end]
        if self.signals:
            whole = np.zeros((4, steps * sp.STEP), np.float32)
            whole[:, : (end - begin) * sp.STEP] = arrays[0][:, begin * sp.STEP : end * sp.STEP]
            return whole / SCALE, seen, cutoff, bandwidth
        short, long = arrays
        end -= (end - begin) % 2
        parts = np.full((steps, short.shape[1]), -12, np.float32), np.zeros((steps // 2, long.shape[1]), np.float32)
        parts[1][:, : levels.CELLS] = -8
        parts[0][: end - begin] = short[begin:end]
        parts[1][: (end - begin) // 2] = long[begin // 2 : end // 2]
        return parts, seen, cutoff, bandwidth

    def draw(self, rng, size):
        names = [name for name in self.shares if name in self.weights]
        shares = np.array([self.shares[name] for name in names])
        parts = []
        for _ in range(size):
            name = names[rng.choice(len(names), p=shares / shares.sum())]
            place = self.places[name][np.searchsorted(self.weights[name], rng.integers(self.weights[name][-1]), "right")]
            start = 2 * rng.integers(max(1, (place[2] - SEGMENT) // 2 + 1))
            signals, powers, cutoff, bandwidth = self.cut(place, start, SEGMENT)
            gain = np.float32(10 ** (rng.uniform(-12, 3) / 20))
            if self.signals:
                parts.append((signals * gain, powers * gain**2, cutoff, bandwidth))
            else:
                parts.append(levels.through(Caller(rng), *signals, powers * gain**2, cutoff, bandwidth, 2 * np.log10(gain), rate_of(place)))
        return [torch.from_numpy(np.stack([p[i] for p in parts]).astype(np.float32)) for i in range(len(parts[0]))]


def rate_of(place):
    """The narrow signal's, of a place in a pack."""
    return 16000 if place[3] > 4000 or " low" in place[5] else 8000


def run(network, synthesis, batch, generator=None):
    """plain + upper band, and the target."""
    signals, powers, cutoff, _ = batch
    plain, copy, amplitude, target = signals.unbind(1)
    noise = (torch.rand(amplitude.shape, generator=generator) - 0.5) * (math.sqrt(12) * amplitude)
    gains = network(inputs_of(powers, cutoff))
    return plain + synthesis(gains, torch.stack((copy, noise), 1), cutoff), target, gains


class Validation:
    """Whole recordings in clean input at 16 and 8 kHz."""

    COLUMNS = ("16k 8-15", "plain", "quiet dB", "worst", "8k 4-8", "plain", "8k 8-15", "plain", "quiet dB", "worst")

    def __init__(self, folder):
        self.sets = []
        for name in ("valid16000", "valid8000"):
            pack = Pack(folder, {name: 1.0})
            self.sets.append([pack.cut(place, 0, place[2] // 2 * 2) for place in pack.places[name]])

    @staticmethod
    def quiet(made, target, cutoff, bandwidth):
        """Power above the cut-off in the quietest tenth of the frames over the target's; dB."""
        a, b = (losses.log_power(x, 2048, 512)[0] for x in (made, target))
        hz = torch.arange(1025) * sp.RATE / 2048
        mask = (hz >= float(cutoff)) & (hz < min(15000.0, float(bandwidth)))
        overall = b.sum(0)
        chosen = overall <= overall.quantile(0.1)
        return float(10 * torch.log10((a[mask][:, chosen].sum() + 1e-12) / (b[mask][:, chosen].sum() + 1e-12)))

    def __call__(self, network, synthesis):
        results, network_mode = [], network.training
        network.eval()
        with torch.no_grad():
            for number, examples in enumerate(self.sets):
                rows = []
                for i, (signals, powers, cutoff, bandwidth) in enumerate(examples):
                    batch = [torch.from_numpy(signals)[None], torch.from_numpy(powers)[None], torch.tensor([cutoff]), torch.tensor([bandwidth])]
                    made, target, _ = run(network, synthesis, batch, torch.Generator().manual_seed(i))
                    plain = batch[0][:, 0]
                    ours, counts = losses.spectral_distances(made, target, batch[2], batch[3], 0.1)
                    theirs, _ = losses.spectral_distances(plain, target, batch[2], batch[3], 0.1)
                    row = torch.where(counts > 0, torch.stack((ours, theirs)), torch.tensor(float("nan")))[:, 0].numpy()
                    rows.append(np.r_[row[:, 0], row[:, 1], self.quiet(made, target, cutoff, bandwidth)])
                means = [*np.nanmean(rows, 0), np.max(rows, 0)[-1]]
                results += means[2:] if number == 0 else means
        network.train(network_mode)
        return results


def save(path, **content):
    torch.save(content, path + ".part")
    os.replace(path + ".part", path)


def halved(state):
    return {key: value.half() for key, value in state.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=list(NETWORKS), default="small")
    parser.add_argument("--pack", required=True)
    parser.add_argument("--run", required=True)
    parser.add_argument("--init", help="checkpoint whose weights to start from")
    parser.add_argument("--signals", action="store_true", help="train through the synthesis")
    parser.add_argument("--groups", default="fb=0.7,wb=0.3", help="shares of the groups of files that pack.py names")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--average", type=float, default=0.99)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--report-every", type=int, default=400)
    parser.add_argument("--save-every", type=float, default=60, help="seconds")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    os.makedirs(args.run, exist_ok=True)
    running, final = (os.path.join(args.run, name + ".pt") for name in ("running", "final"))
    network, averaged, synthesis = Extender(args.network), Extender(args.network), Synthesis()
    expected = losses.Expected()
    optimiser = torch.optim.AdamW(network.parameters(), lr=args.rate, betas=(0.9, 0.98), weight_decay=1e-3)
    step, seconds = 0, 0.0
    if os.path.exists(running):
        state = torch.load(running)
        network.load_state_dict(state["network"])
        averaged.load_state_dict(state["averaged"])
        optimiser.load_state_dict(state["optimiser"])
        step, seconds = state["step"], state["seconds"]
    else:
        if args.init:
            network.load_state_dict({k: v.float() for k, v in torch.load(args.init)["averaged"].items()})
        averaged.load_state_dict(network.state_dict())

    groups = {"train-" + name: float(share) for name, share in (part.split("=") for part in args.groups.split(","))}
    train, validation = Pack(args.pack, groups, args.signals), Validation(args.pack)
    log = open(os.path.join(args.run, "log.tsv"), "a", buffering=1)
    if not step:
        log.write(f"# {vars(args)}; {parameters(network)} parameters\n")
        log.write(f"step\tseconds\tminutes packed\tloss\tdistance\tlevel\tover{'' if args.signals else chr(9) + 'hiss'}\t" + "\t".join(Validation.COLUMNS) + "\n")
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    started = saved = time.monotonic()
    history = []

    def content(**more):
        return dict(name=args.network, step=step, seconds=seconds + time.monotonic() - started, **more)

    def checkpoint():
        save(running, **content(network=network.state_dict(), averaged=averaged.state_dict(), optimiser=optimiser.state_dict()))
        save(os.path.join(args.run, "weights.pt"), **content(averaged=halved(averaged.state_dict())))

    def report():
        figures = "".join(f"\t{figure:.3f}" for figure in validation(averaged, synthesis))
        packed = sum(w[-1] for w in train.weights.values()) / 12000
        log.write(f"{step}\t{content()['seconds']:.0f}\t{packed:.0f}\t" + "\t".join(f"{m:.4f}" for m in np.mean(history, 0)) + figures + "\n")
        history.clear()

    network.train()
    while True:
        progress = min(1.0, (seconds + time.monotonic() - started) / (60 * args.minutes))
        if progress >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = args.rate * min(1.0, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * progress))
        rng = np.random.default_rng((args.seed, step))
        batch = train.draw(rng, args.batch)
        if args.signals:
            made, target, gains = run(network, synthesis, batch)
            loss, *parts = losses.total(made, target, batch[2], batch[3], gains)
        else:
            loss, *parts = expected(network(inputs_of(batch[1], batch[2])), batch)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        if torch.isfinite(norm):
            optimiser.step()
        with torch.no_grad():
            decay = min(args.average, (step + 1) / (step + 10))
            torch._foreach_mul_(list(averaged.parameters()), decay)
            torch._foreach_add_(list(averaged.parameters()), list(network.parameters()), alpha=1 - decay)
        history.append([loss.item()] + [p.item() for p in parts])
        step += 1
        if step % args.report_every == 0:
            report()
        if step % 50 == 0:
            train.refresh()
        now = time.monotonic()
        if asked or now - saved > args.save_every:
            checkpoint()
            saved = now
        if asked:
            return
    if history:
        report()
    checkpoint()
    save(final, **content(averaged=averaged.state_dict()))


if __name__ == "__main__":
    main()
