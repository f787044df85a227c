#!/usr/bin/env python3
"""Trains the concealment network. Resumable: the same command goes on at the last checkpoint.

    train.py --network small --pack WORK/pack --run WORK/runs/small --steps 20000 --cooldown 5000

One batch is one length of loss (20 to 240 ms). The net hears its own output from the start but for a share of steps that falls to nothing over
the first --forced steps. The rate is constant after a short warm-up and falls to zero over the last --cooldown steps; trunk.pt is
the state before the fall, from which a run is made longer by asking for more steps; final.pt holds averaged weights. With
--adversary, critics join in: the second stage, begun with --init from a network that has learnt the spectra. Same seed, same data: the
same run. Files that pack.py adds meanwhile are read too. Validation compares with the classical stage on the same losses.
"""

import argparse
import glob
import os
import signal
import time

import numpy as np
import torch

import losses
from adversary import Adversary
from model import HALF, NETWORKS, STEP, Concealer, level_of, parameters

PACKET = 320
LONGEST = 12
NAMES = ("past", "target", "classical", "lag", "correlation")


class Pack:
    """The examples of all files of a split, as they appear."""

    def __init__(self, folder, split):
        self.pattern = os.path.join(folder, split + "-*[0-9].npz")
        self.files, self.parts, self.count = [], [], 0
        self.refresh()

    def refresh(self):
        for path in sorted(glob.glob(self.pattern)):
            if path not in self.files:
                with np.load(path) as arrays:
                    self.parts.append({name: arrays[name] for name in NAMES})
                self.files.append(path)
        self.starts = np.cumsum([0] + [len(part["lag"]) for part in self.parts])
        self.count = int(self.starts[-1])

    def take(self, chosen, device):
        columns = {name: [] for name in NAMES}
        for i in chosen:
            part = int(np.searchsorted(self.starts, i, "right") - 1)
            for name in NAMES:
                columns[name].append(self.parts[part][name][i - self.starts[part]])
        out = []
        for name in NAMES:
            values = torch.from_numpy(np.stack(columns[name])).to(device)
            out.append(values.float() / 32768 if values.dim() == 2 else values)
        return out


def burst(rng):
    """Packets of a loss: mean about 4."""
    return int(min(LONGEST, rng.geometric(0.25)))


def run(network, batch, packets, generator_seed, keep=0.0):
    past, target, classical, lag, correlation = batch
    steps = packets * PACKET // STEP + losses.FADE // STEP
    generator = torch.Generator().manual_seed(generator_seed)
    noise = torch.randn(len(past), steps * STEP + 2 * HALF, generator=generator).to(past.device)
    made = network(past, classical, lag, correlation, steps, noise, keep, target)
    level = level_of(past)
    return losses.distance(made, target / level, past / level), made


def validate(network, pack, device, size=64, most=512):
    """For losses of 60, 120 and 200 ms: distance of the net, of the classical stage, and the share of losses where the net is nearer."""
    results = []
    chosen = np.linspace(0, pack.count - 1, min(most, pack.count)).astype(int)
    with torch.no_grad():
        for packets in (3, 6, 10):
            ours, theirs = [], []
            for part in np.array_split(chosen, max(1, len(chosen) // size)):
                batch = pack.take(part, device)
                (mine, *_), made = run(network, batch, packets, 1)
                level = level_of(batch[0])
                plain = losses.distance(batch[2][:, : made.shape[1]] / level, batch[1] / level, batch[0] / level)[0]
                ours.append(mine)
                theirs.append(plain)
            ours, theirs = torch.cat(ours), torch.cat(theirs)
            results.append((ours.mean().item(), theirs.mean().item(), (ours < theirs).float().mean().item()))
    return results


def save(path, **content):
    torch.save(content, path + ".part")
    os.replace(path + ".part", path)


def halved(state):
    return {key: value.half() if value.is_floating_point() else value for key, value in state.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=list(NETWORKS), required=True)
    parser.add_argument("--pack", required=True)
    parser.add_argument("--run", required=True)
    parser.add_argument("--init", help="checkpoint whose weights to start from")
    parser.add_argument("--steps", type=int, default=20000)
    parser.add_argument("--cooldown", type=int, default=5000)
    parser.add_argument("--warmup", type=int, default=100)
    parser.add_argument("--forced", type=int, default=0)
    parser.add_argument("--adversary", type=float, default=0, help="weight of the critics' judgement; 0: none")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--average", type=float, default=0.999)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--report-every", type=int, default=250)
    parser.add_argument("--save-every", type=float, default=60, help="seconds")
    parser.add_argument("--stop-after", type=float, default=0, help="leave with a checkpoint after so many seconds; 0: never")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    os.makedirs(args.run, exist_ok=True)
    running, trunk, final = (os.path.join(args.run, name + ".pt") for name in ("running", "trunk", "final"))
    network, averaged = Concealer(args.network).to(args.device), Concealer(args.network).to(args.device)
    optimiser = torch.optim.AdamW(network.parameters(), lr=args.rate, betas=(0.9, 0.98), weight_decay=1e-4)
    adversary = Adversary().to(args.device) if args.adversary else None
    if adversary:
        critic_optimiser = torch.optim.AdamW(adversary.parameters(), lr=2e-4, betas=(0.8, 0.99))
    step, seconds = 0, 0.0
    resume = next((path for path in (running, trunk) if os.path.exists(path)), None)
    if resume:
        state = torch.load(resume, map_location=args.device)
        network.load_state_dict(state["network"])
        averaged.load_state_dict(state["averaged"])
        if "optimiser" in state:
            optimiser.load_state_dict(state["optimiser"])
        if adversary and "critics" in state:
            adversary.load_state_dict(state["critics"])
            critic_optimiser.load_state_dict(state["critic_optimiser"])
        step, seconds = state["step"], state["seconds"]
    else:
        if args.init:
            network.load_state_dict({k: v.float() for k, v in torch.load(args.init, map_location=args.device)["averaged"].items()})
        averaged.load_state_dict(network.state_dict())

    train, valid = Pack(args.pack, "train"), Pack(args.pack, "valid")
    log = open(os.path.join(args.run, "log.tsv"), "a", buffering=1)
    if not step:
        log.write(f"# {vars(args)}; {parameters(network)} parameters\n")
        log.write("step\tseconds\texamples\tloss\tspectral\twaveform" + "".join(f"\t{ms}ms\tclassical\tnearer" for ms in (60, 120, 200)) + "\n")
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    started = saved = time.monotonic()
    history = []

    def content(**more):
        return dict(name=args.network, step=step, seconds=seconds + time.monotonic() - started, averaged=averaged.state_dict(), **more)

    def checkpoint(path):
        more = dict(critics=adversary.state_dict(), critic_optimiser=critic_optimiser.state_dict()) if adversary else {}
        save(path, **content(network=network.state_dict(), optimiser=optimiser.state_dict(), **more))

    def report():
        figures = "".join(f"\t{a:.4f}\t{b:.4f}\t{c:.3f}" for a, b, c in validate(averaged, valid, args.device))
        means = np.mean(history, 0)
        log.write(f"{step}\t{seconds + time.monotonic() - started:.0f}\t{train.count}\t" + "\t".join(f"{m:.4f}" for m in means) + figures + "\n")
        history.clear()

    while step < args.steps:
        if step == args.steps - args.cooldown:
            checkpoint(trunk)
        rate = args.rate * min(1.0, (step + 1) / args.warmup) * min(1.0, (args.steps - step) / args.cooldown)
        for group in optimiser.param_groups:
            group["lr"] = rate
        rng = np.random.default_rng((args.seed, step))
        batch = train.take(rng.integers(train.count, size=args.batch), args.device)
        sign = torch.from_numpy(rng.choice(np.float32([-1, 1]), (args.batch, 1))).to(args.device)
        batch[:3] = [part * sign for part in batch[:3]]
        keep = 0.5 * max(0.0, 1 - step / args.forced) if args.forced else 0.0
        (total, magnitude, wave), made = run(network, batch, burst(rng), int(rng.integers(1 << 30)), keep)
        loss = total.mean()
        if adversary:
            level = level_of(batch[0])
            whole, truth = losses.pair(made, batch[1] / level, batch[0] / level)
            critic_optimiser.zero_grad(set_to_none=True)
            adversary.teach(truth, whole).backward()
            critic_optimiser.step()
            loss = loss + args.adversary * adversary.judge(truth, whole)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        if torch.isfinite(norm):
            optimiser.step()
        with torch.no_grad():
            decay = min(args.average, (step + 1) / (step + 10))
            torch._foreach_mul_(list(averaged.parameters()), decay)
            torch._foreach_add_(list(averaged.parameters()), list(network.parameters()), alpha=1 - decay)
        history.append((loss.item(), magnitude.mean().item(), wave.mean().item()))
        step += 1
        if step % args.report_every == 0:
            report()
            train.refresh()
        now = time.monotonic()
        stopping = asked or (args.stop_after and now - started > args.stop_after)
        if stopping or now - saved > args.save_every:
            checkpoint(running)
            save(os.path.join(args.run, "weights.pt"), **{**content(), "averaged": halved(averaged.state_dict())})
            saved = now
        if stopping:
            return
    if history:
        report()
    checkpoint(running)
    save(final, **content())


if __name__ == "__main__":
    main()
