#!/usr/bin/python3
"""Fits the constants of src/Audio/BandwidthExtension/UpperBandModel.cs and prints them as they stand there.

Levels are base-ten logarithms of power density (bels), in frames of 16 ms every 5 ms. A missing band's level relative to
a reference below the cut-off is a weighted ridge regression on the edge level (both cases) and the voicing (narrow):

    wide    reference: mean of 4-5, 5-6, 6-7 kHz       edge: 7-7.8 kHz
    narrow  reference: mean of 2-2.5, 2.5-3, 3-3.4 kHz edge: 3.4-4 kHz   voicing: mean of three bands, 0.5-2 kHz
"""
import argparse
import csv
import pathlib
import re
import subprocess

import numpy as np
from scipy.signal import firwin, resample_poly

RATE = 48000
INPUT_RATE = 16000
FREE_LICENCE = re.compile(r"(CC0|CC-BY|CC-BY-SA)(-[0-9.]+)?|public-domain")
EDGES_HZ = (3400, 4000, 5000, 6000, 7000, 8000, 9000, 10000, 11500, 13000, 15000, 17000, 20000)
VOICING_HZ = ((500, 1000), (1000, 1500), (1500, 2000))
NARROW_REFERENCE_HZ = ((2000, 2500), (2500, 3000), (3000, 3400))
NARROW_EDGE_HZ = ((3400, 4000),)
WIDE_REFERENCE_HZ = ((4000, 5000), (5000, 6000), (6000, 7000))
WIDE_EDGE_HZ = ((7000, 7800),)
POWER_FLOOR = 4.3e-12
RIDGE = 0.003
# A row counts for a band if its own content ends at most this far below the band's top.
BANDWIDTH_SLACK_HZ = 300
# A band that fewer voices than this reach is not fitted: its offset falls and its slopes stay as of the band below.
LEAST_VOICES = 4
UNFITTED_FALL = 0.6


def read_rows(data):
    with open(data / "speech" / "manifest.tsv", newline="") as manifest:
        for row in csv.DictReader(manifest, delimiter="\t"):
            if row["path"].startswith("train/fb/") and FREE_LICENCE.fullmatch(row["licence"]):
                yield row


def decode(path):
    command = ["ffmpeg", "-v", "error", "-i", path, "-f", "f32le", "-ac", "1", "-ar", str(RATE), "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.float32).astype(float)


def analysis_window(size):
    """BandAnalyzer's window: rises over three quarters, falls over one."""
    rise = size * 3 // 4
    return np.r_[np.sin(np.pi / 2 * (np.arange(rise) + 0.5) / rise) ** 2,
                 np.cos(np.pi / 2 * (np.arange(size - rise) + 0.5) / (size - rise)) ** 2]


def levels(samples, rate, bands):
    """[frames x bands] mean level of each band, in the density scale of 16 kHz."""
    size, hop = rate * 16 // 1000, rate * 5 // 1000
    window = analysis_window(size)
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::hop]
    power = np.abs(np.fft.rfft(frames * window)) ** 2 / (window ** 2).sum() * INPUT_RATE / rate
    hertz = np.fft.rfftfreq(size, 1 / rate)
    means = np.stack([power[:, (hertz >= low) & (hertz < high)].mean(1) for low, high in bands], 1)
    return np.log10(np.maximum(means, POWER_FLOOR))


def measure(path):
    """Predictors (narrow, wide), references and the levels of all bands, for every frame of one recording."""
    original = decode(path)
    taps = firwin(2 * 96 * 3 + 1, 0.965 * INPUT_RATE / 2, window=("kaiser", 10), fs=RATE)
    received = resample_poly(original, 1, 3, window=taps)[:len(original) // 240 * 80]
    low = lambda bands: levels(received, INPUT_RATE, bands).mean(1)
    targets = levels(original, RATE, list(zip(EDGES_HZ, EDGES_HZ[1:])))
    narrow, wide = low(NARROW_REFERENCE_HZ), low(WIDE_REFERENCE_HZ)
    count = min(len(narrow), len(targets))
    return {
        "narrow": np.stack([np.clip(low(NARROW_EDGE_HZ) - narrow, -2.5, 0), np.clip(low(VOICING_HZ) - narrow, -1, 3)], 1)[:count],
        "wide": np.clip(low(WIDE_EDGE_HZ) - wide, -2.5, 0)[:count, None],
        "narrow reference": narrow[:count], "wide reference": wide[:count], "targets": targets[:count],
    }


def fit(rows, case, band):
    """Slopes and, last, the offset of one band. Every voice has the same weight."""
    frames = {}
    for row in rows:
        frames[row["speaker"]] = frames.get(row["speaker"], 0) + len(row["targets"])
    x = np.concatenate([np.c_[row[case], np.ones(len(row["targets"]))] for row in rows])
    y = np.concatenate([row["targets"][:, band] - row[case + " reference"] for row in rows])
    weights = np.concatenate([np.full(len(row["targets"]), 1 / frames[row["speaker"]]) for row in rows])
    weights /= weights.mean()
    ridge = RIDGE * len(x) * np.eye(x.shape[1])
    ridge[-1, -1] = 0
    return np.linalg.solve((x * weights[:, None]).T @ x + ridge, (x * weights[:, None]).T @ y)


def fit_all(rows, case, first):
    """[bands x coefficients]; bands below the first are zero."""
    result = np.zeros((len(EDGES_HZ) - 1, rows[0][case].shape[1] + 1))
    fitted = []
    for band in range(first, len(result)):
        able = [row for row in rows if EDGES_HZ[band + 1] <= float(row["real_bandwidth_hz"]) + BANDWIDTH_SLACK_HZ]
        if len({row["speaker"] for row in able}) >= LEAST_VOICES:
            result[band] = fit(able, case, band)
            fitted.append(band)
        else:
            result[band] = result[band - 1] - np.r_[np.zeros(result.shape[1] - 1), UNFITTED_FALL]
    return result, fitted


def print_array(name, values):
    text = ", ".join("0" if value == 0 else f"{value:.2f}f" for value in values)
    print(f"    private static readonly float[] {name} = [{text}];")


def print_left_out(rows, case, first):
    """What one voice less would have predicted for that voice: the ground for the margins."""
    for voice in sorted({row["speaker"] for row in rows}):
        own = [row for row in rows if row["speaker"] == voice]
        rest = [row for row in rows if row["speaker"] != voice]
        errors = []
        for band in range(first, 10):
            line = fit(rest, case, band)
            errors.append(np.concatenate([row[case] @ line[:-1] + line[-1] - row["targets"][:, band] + row[case + " reference"]
                                          for row in own]).mean())
        print(f"  {case:6} {voice:24}", " ".join(f"{error:+.2f}" for error in errors))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder that holds speech/manifest.tsv and speech/train/fb")
    data = parser.parse_args().data
    rows = [row | measure(data / "speech" / row["path"]) for row in read_rows(data)]

    voices = {}
    for row in rows:
        voices.setdefault((row["source"], row["licence"], row["speaker"], row["real_bandwidth_hz"]), []).append(len(row["targets"]) * 0.005 / 60)
    print("Fitted on (source, licence, voice, real bandwidth in Hz, files, minutes):")
    for key, minutes in sorted(voices.items()):
        print(" ", ", ".join(key), len(minutes), f"{sum(minutes):.1f}")
    print(f"  {len(voices)} voices, {sum(map(sum, voices.values())):.1f} minutes\n")

    wide, fitted = fit_all(rows, "wide", 4)
    narrow, _ = fit_all(rows, "narrow", 0)
    edge = np.concatenate([row["narrow"][:, 0] for row in rows])
    print(f"    private const float MeanEdge = {edge.mean():.1f}f;")
    print_array("WideOffset", wide[:, 1])
    print_array("WideEdgeSlope", wide[:, 0])
    print_array("NarrowOffset", narrow[:, 2])
    print_array("NarrowEdgeSlope", narrow[:, 0])
    print_array("NarrowVoicedSlope", narrow[:, 1])
    print(f"\nFitted up to {EDGES_HZ[fitted[-1] + 1]} Hz. Set by hand, see README.md:")
    print(f"  above it, offsets falling by {UNFITTED_FALL} a band; MarginBelow8Khz = 0.2f; MarginAbove8Khz = 0.5f")
    print("Mean error on each voice when fitted on the others, bels (positive: too bright), band by band to 15 kHz:")
    print_left_out(rows, "wide", 4)
    print_left_out(rows, "narrow", 0)


if __name__ == "__main__":
    main()
