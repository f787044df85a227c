#!/usr/bin/env python3
"""Measures the line between music and speech in SignalClassifier.cs on clips that it was not fitted on, beside a line fitted on such clips.

    classifier.py --data DIR --music FOLDER

Speech: the training split of DIR/speech/manifest.tsv, clean and with noise 5 to 15 dB below. Music: the files of FOLDER, 16 kHz mono,
each in one of ten folds. A loss every 200 ms looks back as PastFeatures.cs does. The figures of the fitted line are of the folds left out.
"""

import argparse
import csv
import glob
import os
import re
import subprocess

import numpy as np

from model import FFT, FRAME, FRAMES, HOP, LEAST_LEVEL, LEVEL_LENGTH, RATE, band_matrix

PAST = HOP * (FRAMES - 1) + FRAME
EVERY, LONGEST, LEAST, MEMORY = RATE // 5, 200, 50, 7
FALSE_ALARMS = 0.02
FOLDS, SPEECH = 10, 120
MATRIX, WINDOW = band_matrix(), 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
SOURCE = "../../../src/Audio/Concealment/SignalClassifier.cs"
NAMES = ("QuietWeight", "ChangeWeight", "FlatnessWeight", "PersistenceWeight")


def read(path, seconds=20):
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-t", str(seconds), "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"],
                         stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(raw, np.float32).astype(float)


def look(samples, end):
    """Share of quiet blocks, change, flatness and persistence before a loss, as the stage measures them."""
    past = samples[end - PAST : end]
    level = max(LEAST_LEVEL, np.sqrt(np.mean(past[-LEVEL_LENGTH:] ** 2)))
    frames = np.lib.stride_tricks.sliding_window_view(past / level, FRAME)[::HOP] * WINDOW
    power = np.abs(np.fft.rfft(frames, FFT)) ** 2
    bands = np.log10(power @ MATRIX / FRAME + 1e-5)[:, :20] / 3
    seen = power[:, 4:104]
    flatness = np.log10(seen.mean(0) + 1e-9).mean() - np.log10(seen.mean() + 1e-9)
    fine = np.log(seen + 1e-4)
    persistence = np.corrcoef(fine[3:6].sum(0), fine[11:14].sum(0))[0, 1]
    blocks = samples[:end][-(min(end, LONGEST * HOP) // HOP * HOP) :].reshape(-1, HOP)
    energy = (blocks**2).sum(1)
    return (energy < 0.25 * energy.mean()).mean(), np.abs(bands[4:] - bands[:-4]).mean(), flatness, persistence


def measure(samples):
    """[losses, 4] of a clip, and for each the count of losses that the mean goes over."""
    ends = [end for end in range(LEAST * HOP, len(samples), EVERY) if np.mean(samples[end - LEVEL_LENGTH : end] ** 2) > 1e-7]
    return np.array([look(samples, end) for end in ends]).reshape(-1, 4)


def means(clip):
    """What the stage compares with its threshold: the running means, and one over the number of losses in them."""
    running, out = np.zeros(4), []
    for n, row in enumerate(clip):
        count = min(n + 1, MEMORY)
        running = running + (row - running) / count
        out.append((*running, 1 / count))
    return np.array(out).reshape(-1, 5)


def fit(speech, music):
    """Weights, threshold and margin: least squares, both kinds as heavy; then as low as the false alarms allow."""
    x = np.concatenate(speech + music)
    kinds = [sum(map(len, clips)) for clips in (speech, music)]
    y = np.repeat((-1.0, 1.0), kinds)
    heavy = np.repeat([k**-0.5 for k in kinds], kinds)[:, None]
    weights = np.linalg.lstsq(np.c_[x, np.ones(len(x))] * heavy, y * heavy[:, 0], rcond=None)[0][:4]
    said = np.concatenate([means(clip) for clip in speech])
    played = np.concatenate([means(clip) for clip in music])
    best = None
    for margin in np.arange(0, 1.01, 0.05):
        threshold = np.quantile(said[:, :4] @ weights - margin * said[:, 4], 1 - FALSE_ALARMS)
        found = (played[:, :4] @ weights - margin * played[:, 4] > threshold).mean()
        if best is None or found > best[0]:
            best = found, threshold, margin
    return weights, best[1], best[2]


def shipped():
    """Weights, threshold and margin in the stage's source."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), SOURCE)) as file:
        values = dict(re.findall(r"const float (\w+) = (-?[0-9.]+)f?;", file.read()))
    return np.array([float(values[name]) for name in NAMES]), float(values["Threshold"]), float(values["FirstMargin"])


def taken(clips, fitted):
    weights, threshold, margin = fitted
    seen = np.concatenate([means(clip) for clip in clips])
    return 100 * (seen[:, :4] @ weights - margin * seen[:, 4] > threshold).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--music", required=True)
    args = parser.parse_args()
    rng = np.random.default_rng(1)
    with open(os.path.join(args.data, "speech", "manifest.tsv")) as file:
        rows = [row["path"] for row in csv.DictReader(file, delimiter="\t") if row["path"].startswith("train/")]
    clean = [read(os.path.join(args.data, "speech", path)) for path in rng.permutation(rows)[:SPEECH]]
    clean = [clip for clip in clean if len(clip) > 3 * RATE]
    noisy = []
    for clip in clean[::2]:
        noise = np.convolve(rng.standard_normal(len(clip)), [1] if rng.random() < 0.5 else [1, 0.9, 0.8, 0.6, 0.4, 0.2], "same")
        noisy.append(clip + noise * np.sqrt(np.mean(clip**2) / np.mean(noise**2)) * 10 ** (-rng.choice([5, 10, 15]) / 20))
    music = [read(path) for path in sorted(glob.glob(os.path.join(args.music, "*")))]
    kinds = [[measure(clip) for clip in clips] for clips in (clean, noisy, music)]
    missed = np.zeros((3, 2))
    for fold in range(FOLDS):
        apart = [[[c for n, c in enumerate(clips) if (n % FOLDS == fold) == out] for clips in kinds] for out in (False, True)]
        fitted = fit(apart[0][0] + apart[0][1], apart[0][2])
        for kind, clips in enumerate(apart[1]):
            losses = sum(map(len, clips))
            missed[kind] += taken(clips, fitted) * losses, losses
    line = shipped()
    for name, (share, losses), clips in zip(("speech", "noisy speech", "music"), missed, kinds):
        print(f"{name}: {len(clips)} clips, {int(losses)} losses, "
              f"taken for music by the line {taken(clips, line):.1f} %, by a fitted one {share / losses:.1f} %")


if __name__ == "__main__":
    main()
