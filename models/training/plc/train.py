#!/usr/bin/env python3
"""Trains the concealment network. Resumable: the same command goes on at the last checkpoint.

    train.py --network small --pack WORK/pack --run WORK/runs/small --steps 20000 --cooldown 5000

A batch is some windows of calls, each with all its losses, which the net conceals hearing its own output. --listener adds the judgement
of PLCMOS v2 (README.md says what to beware of). The rate is constant after a short warm-up and falls to zero over the last --cooldown steps; trunk.pt is
the state before the fall, from which a run is made longer by asking for more steps; final.pt holds averaged weights. With
--adversary, critics join in: the second stage, begun with --init from a network that has learnt the spectra. Same seed, same data: the
same run. Files that pack.py adds meanwhile are read too. Validation compares with the classical stage on the same losses.
"""

import argparse
import itertools
import os
import signal
import time

import numpy as np
import torch

import losses
from adversary import Adversary
from calls import Calls, place
from model import HALF, NETWORKS, STEP, TAPS, Concealer, level_of, parameters
from plcmos import RATERS as RATER, Plcmos, rater_embeddings

LENGTH = 40960
RATERS = 8
DITHER = 0.3 / 32768
PARTS = ("spectral", "waveform", "score", "excess", "outside", "ripple", "stoi", "estoi", "apart")


def disturbed(calls, rng):
    """The calls, all changed in one way that no listener should mind: start, level, slope of the spectrum, a little noise."""
    start, slope, gain, noise = int(rng.integers(256)), rng.uniform(-0.15, 0.15), 10 ** rng.uniform(-0.5, 0.15), 10 ** rng.uniform(-4.5, -3)
    rest = torch.randn_like(calls[0]) * noise
    calls = [call + rest for call in calls]
    return [gain * (call[:, 1:] + slope * call[:, :-1])[:, start:] for call in calls]


def hear(listener, made, said, raters, args, rng):
    """The score, and the distance of what the listener's layers see from what they see in the truth."""
    # Dither keeps silence from having no spectrum.
    dither = torch.randn_like(made) * DITHER
    made, said = made + dither, said + dither
    if args.disturb:
        made, said = disturbed((made, said), rng)
    seen = listener.inner(made)
    score, apart = listener.rate(seen[-1], raters), torch.zeros(())
    if args.cap or args.match:
        with torch.no_grad():
            right = listener.inner(said)
            bound = listener.rate(right[-1], raters)
        score = torch.minimum(score, bound) if args.cap else score
        apart = sum((x - y).abs().mean() / y.std() for x, y in zip(seen, right)) / len(seen)
    return score.mean(), apart


def judge(concealed, parts, device, listener, raters, args, rng, foreseen=None):
    """
    The parts of the loss by name, of losses concealed as [n, samples] over the level of their past, and the calls. Bands may be as loud
    or quiet as in the truth, in the classical continuation, or in what was foreseen, if given.
    """
    said, base, past, classical, lag, correlation, row, at, steps = parts
    level, length = level_of(past), concealed.shape[1]
    whole, lost = place(concealed * level, base, said, row, at, steps)
    padded = torch.nn.functional.pad(said, (0, length))
    target = padded.flatten()[(row * padded.shape[1] + at)[:, None] + torch.arange(length, device=device)]
    loudness = said.pow(2).mean(1, keepdim=True).sqrt().clamp_min(1e-3)
    with torch.no_grad():
        others = [place(x, base, said, row, at, steps)[0] / loudness for x in (classical[:, :length], *(() if foreseen is None else (foreseen * level,)))]
    made, true = whole / loudness, said / loudness
    stoi, estoi = losses.intelligibility(made, true, lost)
    score, apart = hear(listener, whole, said, raters, args, rng) if listener else (torch.zeros(()), torch.zeros(()))
    return dict(spectral=losses.spectral(made, true, lost), waveform=losses.waveform(concealed, target / level, steps), score=score,
                excess=losses.excess(made, [true, *others], lost), outside=losses.outside(made, [true, *others], lost),
                ripple=losses.ripple(made, others[-1], lost), stoi=stoi, estoi=estoi, apart=apart), whole


def run(network, window, seed, device, listener, raters, args, rng=None, classical=False, bound=None):
    """Conceals the losses of a window anew, or takes the classical stage's concealment, and judges it; `bound` foresees."""
    parts = window.tensors(device)
    said, base, past, plain, lag, correlation, row, at, steps = parts
    length = int(steps[0]) * STEP
    if classical:
        made = plain[:, :length] / level_of(past)
    elif args.envelope:
        made = network.foresee(past, plain, lag, correlation, steps)
    else:
        noise = torch.randn(len(past), length + 2 * HALF, generator=torch.Generator().manual_seed(seed)).to(device)
        made = network(past, plain, lag, correlation, steps, noise)
    foreseen = None
    if bound:
        with torch.no_grad():
            foreseen = bound.foresee(past, plain, lag, correlation, steps)
    return judge(made, parts, device, listener, raters, args, rng, foreseen)


def validate(network, calls, device, listener, raters, envelope, classical=False, rows=8, most=7):
    """The parts of the loss over the validation calls, the score as it is."""
    plainly = argparse.Namespace(cap=False, match=0, disturb=False, envelope=envelope)
    with torch.no_grad():
        results = [[value.item() for value in run(network, window, 1, device, listener, raters, plainly, classical=classical)[0].values()]
                   for window in itertools.islice(calls.all(rows, LENGTH), most)]
    return np.mean(results, 0)


def mute(network):
    with torch.no_grad():
        network.out.weight[2 * TAPS :] = 0
        network.out.bias[2 * TAPS :] = 0


def save(path, **content):
    torch.save(content, path + ".part")
    os.replace(path + ".part", path)


def weights_of(path):
    return {key: value.float() for key, value in torch.load(path, map_location="cpu")["averaged"].items()}


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
    parser.add_argument("--adversary", type=float, default=0, help="weight of the critics' judgement; 0: none")
    parser.add_argument("--spectral", type=float, default=1, help="weight of the spectral distance")
    parser.add_argument("--listener", type=float, default=0, help="weight of the judgement of PLCMOS; 0: none")
    parser.add_argument("--scorer", help="folder of plcmos_v2.onnx, for --listener and validation")
    parser.add_argument("--excess", type=float, default=losses.EXCESS, help="weight of what is louder than it may be")
    parser.add_argument("--waveform", type=float, default=1, help="weight of the waveform's beginning")
    parser.add_argument("--intelligible", type=float, default=0, help="weight of what STOI and ESTOI lack to 1")
    parser.add_argument("--outside", type=float, default=0, help="weight of linear bands louder or quieter than the truth and the classical stage both")
    parser.add_argument("--ripple", type=float, default=0, help="weight of notches and peaks in what the concealment is louder or quieter than the classical stage")
    parser.add_argument("--match", type=float, default=0, help="weight of the distance of what the listener's layers hear from what they hear in the truth")
    parser.add_argument("--cap", action="store_true", help="a score above that of the call without losses counts as that")
    parser.add_argument("--disturb", action="store_true", help="the listener hears calls with another start, level, slope and a little noise")
    parser.add_argument("--envelope", action="store_true", help="play the classical continuation with the envelope alone")
    parser.add_argument("--bound", help="checkpoint whose envelope says how loud or quiet bands may be too")
    parser.add_argument("--no-noise", action="store_true", help="keep the filter of the white noise at nothing")
    parser.add_argument("--batch", type=int, default=4, help="windows of 2.56 s")
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
            network.load_state_dict(weights_of(args.init))
        averaged.load_state_dict(network.state_dict())

    bound = None
    if args.bound:
        bound = Concealer(torch.load(args.bound)["name"]).to(args.device)
        bound.load_state_dict(weights_of(args.bound))
    if args.no_noise:
        mute(network)
        mute(averaged)
    train, valid = Calls(args.pack, "train"), Calls(args.pack, "valid")
    listener = Plcmos(args.scorer).to(args.device) if args.scorer else None
    usual = rater_embeddings(args.scorer).to(args.device)[:5] if args.scorer else None
    log = open(os.path.join(args.run, "log.tsv"), "a", buffering=1)
    if not step:
        log.write(f"# {vars(args)}; {parameters(network)} parameters\n")
        log.write("step\tseconds\tlosses\tloss\t" + "\t".join(PARTS) + "".join(f"\tvalid.{x}" for x in PARTS) + "".join(f"\tclassical.{x}" for x in PARTS) + "\n")
    weights = dict(spectral=args.spectral, waveform=args.waveform, score=-args.listener, excess=args.excess, outside=args.outside, ripple=args.ripple,
                   stoi=args.intelligible / 2, estoi=args.intelligible / 2, apart=args.match)
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    theirs = validate(averaged, valid, args.device, listener, usual, args.envelope, classical=True)
    started = saved = time.monotonic()
    history = []

    def content(**more):
        return dict(name=args.network, step=step, seconds=seconds + time.monotonic() - started, averaged=averaged.state_dict(), **more)

    def checkpoint(path):
        more = dict(critics=adversary.state_dict(), critic_optimiser=critic_optimiser.state_dict()) if adversary else {}
        save(path, **content(network=network.state_dict(), optimiser=optimiser.state_dict(), **more))

    def report():
        figures = "".join(f"\t{a:.4f}" for a in (*validate(averaged, valid, args.device, listener, usual, args.envelope), *theirs))
        means = np.mean(history, 0)
        log.write(f"{step}\t{seconds + time.monotonic() - started:.0f}\t{train.count()}\t" + "\t".join(f"{m:.4f}" for m in means) + figures + "\n")
        history.clear()

    if not step:
        history.append([float("nan")] * (1 + len(PARTS)))
        report()
    while step < args.steps:
        if step == args.steps - args.cooldown:
            checkpoint(trunk)
        rate = args.rate * min(1.0, (step + 1) / args.warmup) * min(1.0, (args.steps - step) / args.cooldown)
        for group in optimiser.param_groups:
            group["lr"] = rate
        rng = np.random.default_rng((args.seed, step))
        window = train.take(rng, args.batch, LENGTH)
        raters = torch.from_numpy(rng.standard_normal((RATERS, RATER)).astype(np.float32)).to(args.device)
        judged, whole = run(network, window, int(rng.integers(1 << 30)), args.device, listener if args.listener or args.match else None, raters, args, rng, bound=bound)
        loss = sum(weight * judged[name] for name, weight in weights.items())
        if adversary:
            said = torch.from_numpy(window.said).to(args.device).float() / 32768
            loudness = said.pow(2).mean(1, keepdim=True).sqrt().clamp_min(1e-3)
            critic_optimiser.zero_grad(set_to_none=True)
            adversary.teach(said / loudness, whole / loudness).backward()
            critic_optimiser.step()
            loss = loss + args.adversary * adversary.judge(said / loudness, whole / loudness)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        if torch.isfinite(norm):
            optimiser.step()
        if args.no_noise:
            mute(network)
        with torch.no_grad():
            decay = min(args.average, (step + 1) / (step + 10))
            torch._foreach_mul_(list(averaged.parameters()), decay)
            torch._foreach_add_(list(averaged.parameters()), list(network.parameters()), alpha=1 - decay)
        history.append((loss.item(), *(judged[name].item() for name in PARTS)))
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
