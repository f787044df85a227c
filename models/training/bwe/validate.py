#!/usr/bin/env python3
"""What checkpoints do from 16 kHz, voice by voice: distance 8-15 kHz / level above the original in the quietest tenth of the frames, dB, worst clip.

    validate.py --data DIR [--also FOLDER ...] [--split valid] [--gpl] [--margins 0,0.7] [--classical "dotnet rtc.dll" [--classical-margins 1,1.35]] [CHECKPOINT ...]

DIR holds speech/manifest.tsv; --also names folders that further_recordings.py wrote; --gpl adds the voices under the GPL of the train split, which the
released weights never heard. A clip is at most 8 s, a recording at most three clips. A network's margins are how many bels the stage
stays below what it says (NeuralExtender.WideMargin), the classical stage's how many it stays back in pauses (PauseRestraint.cs): its output, once made with
the margin it has, is scaled to others.
"""

import argparse
import os
import shlex
import subprocess
import tempfile

import numpy as np
import scipy.signal as ss
import soundfile
import torch

import signal_path as sp
from model import Extender, Synthesis, inputs_of
from pack import manifest, read

RATE, CUTOFF, SECONDS, CLIPS = 16000, 8000, 8, 3
SPREAD, CLIMB, CLASSICAL_MARGIN = 0.4, 0.0015, 1.35
HZ = np.arange(1025) * sp.RATE / 2048


def restraint(powers, most):
    """PauseRestraint: bels to stay back, every 5 ms."""
    def level(low, high):
        return np.log10(powers[:, (sp.FEATURE_EDGES[:-1] >= low) & (sp.FEATURE_EDGES[1:] <= high)].mean(1))

    reference = (level(4000, 5000) + level(5000, 6000) + level(6000, 7000)) / 3
    background, back = np.inf, np.zeros(len(reference))
    for step, value in enumerate(reference):
        background = min(value, background + CLIMB)
        back[step] = np.clip(most + SPREAD - (value - background), 0, most)
    return back


def measure(truth, made, bandwidth):
    length = min(len(truth), len(made))
    at = np.arange(0, length - 2048, 512)[:, None] + np.arange(2048)
    a, b = (np.abs(np.fft.rfft(x[at] * np.hanning(2050)[1:-1])) ** 2 for x in (made, truth))
    inside = (HZ >= CUTOFF) & (HZ < min(15000, bandwidth))
    difference = np.log10(np.maximum(a[:, inside], 1e-8)) - np.log10(np.maximum(b[:, inside], 1e-8))
    quiet = b.sum(1) <= np.quantile(b.sum(1), 0.1)
    excess = 10 * np.log10((a[quiet][:, inside].sum() + 1e-12) / (b[quiet][:, inside].sum() + 1e-12))
    # With the recording's mean colour given, which a network that hears nothing above the cut-off can only guess.
    coloured = difference - difference.mean(0)
    return np.sqrt((difference**2).mean(1)).mean(), excess, difference.mean(), np.sqrt((coloured**2).mean(1)).mean()


def clips(rows):
    for folder, row in rows:
        samples = read(os.path.join(folder, row["path"]), sp.RATE)
        for number in range(CLIPS):
            part = samples[number * SECONDS * sp.RATE : (number + 1) * SECONDS * sp.RATE]
            if len(part) >= 4 * sp.RATE or number == 0:
                yield row["speaker"], float(row["real_bandwidth_hz"]), part


def load(path):
    state = torch.load(path, map_location="cpu")
    network = Extender(state["name"])
    network.load_state_dict({key: value.float() for key, value in state["averaged"].items()})
    return network.eval()


def methods(samples, networks, synthesis, args):
    """(name, samples at 48 kHz) of each method."""
    narrow = ss.resample_poly(samples, 1, 3, window=ss.firwin(361, 0.975 / 3, window=("kaiser", 8)))
    narrow = narrow[: len(narrow) // 160 * 160]
    length = len(narrow) * 3
    low, powers, late = sp.upsample(narrow, RATE)[:length], sp.band_powers(narrow, RATE), sp.delay(RATE)
    yield "plain", low
    if args.classical:
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in ("in.wav", "out.wav")]
            soundfile.write(paths[0], narrow, RATE, subtype="FLOAT")
            subprocess.run([*shlex.split(args.classical), "extend", *paths, "--method", "classical"], check=True, stdout=subprocess.DEVNULL)
            extended = soundfile.read(paths[1])[0]
        extended = np.pad(extended, (0, max(0, length - len(extended))))[:length]
        for margin in args.classical_margins:
            change = (restraint(powers, CLASSICAL_MARGIN) - restraint(powers, margin)) / 2
            gain = np.interp(np.arange(length), sp.STEP * (1 + np.arange(len(change))), 10**change)
            yield f"classical, margin {margin}", low + (extended - low) * gain

    def delayed(signal):
        return np.concatenate((np.zeros(late), signal))[:length]

    copy, amplitude = sp.carriers(low, CUTOFF)
    noise = (np.random.default_rng(1).random(length) - 0.5) * np.sqrt(12) * delayed(amplitude)
    carriers, cutoff = torch.tensor(np.stack((delayed(copy), noise))[None], dtype=torch.float32), torch.tensor([float(CUTOFF)])
    for name, network in networks:
        with torch.no_grad():
            gains = network(inputs_of(torch.tensor(powers, dtype=torch.float32)[None], cutoff))
            for margin in args.margins:
                upper = synthesis(gains - margin, carriers, cutoff)[0].numpy()
                yield f"{name}, margin {margin}", low[: len(upper) - late] + upper[late:]


def main():
    def numbers(text):
        return [float(part) for part in text.split(",")]

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="*")
    parser.add_argument("--data", required=True)
    parser.add_argument("--also", nargs="*", default=[])
    parser.add_argument("--split", default="valid")
    parser.add_argument("--gpl", action="store_true", help="also the voices under the GPL of the train split")
    parser.add_argument("--margins", type=numbers, default=[0.0])
    parser.add_argument("--classical", help="command of this repository's tool")
    parser.add_argument("--classical-margins", type=numbers, default=[CLASSICAL_MARGIN])
    args = parser.parse_args()
    torch.set_num_threads(1)
    rows = [row for row in manifest(os.path.join(args.data, "speech")) if row[1]["path"].startswith(args.split + "/fb/")
            or args.gpl and row[1]["path"].startswith("train/fb/") and row[1]["licence"].startswith("GPL")]
    rows += [row for folder in args.also for row in manifest(folder)]
    networks, synthesis = [(os.path.basename(path), load(path)) for path in args.checkpoints], Synthesis()
    results = {}
    for speaker, bandwidth, samples in clips(rows):
        for name, made in methods(samples, networks, synthesis, args):
            results.setdefault(name, []).append((speaker, *measure(samples, made, bandwidth)))
    for name, found in results.items():
        voices = sorted({speaker for speaker, *_ in found})
        by_voice = [[part[1:] for part in found if part[0] == voice] for voice in voices]
        distance = np.mean([np.mean(voice, 0)[0] for voice in by_voice])
        given = np.mean([np.mean(voice, 0)[3] for voice in by_voice])
        excess = np.array([part[2] for part in found])
        print(f"{name}: distance {distance:.3f} (mean of voices; {given:.3f} with each clip's colour given), bias {np.mean([part[3] for part in found]):+.2f}, "
              f"quiet {excess.mean():+.1f} dB, worst {excess.max():+.1f}, {np.sum(excess > 3)} of {len(excess)} clips above +3")
        print("   ", ", ".join(f"{voice} {np.mean(part, 0)[0]:.2f}/{np.max(part, 0)[1]:+.0f}" for voice, part in zip(voices, by_voice)))


if __name__ == "__main__":
    main()
