#!/usr/bin/env python3
"""Recordings for pack.py --also out of a clone of github.com/ShawnHymel/custom-speech-commands-dataset (CC BY 4.0): words by volunteers at 44.1 and 48 kHz.

    spoken_commands.py CLONE OUT

Takes the clips that reach 14 kHz, joins neighbours of like bandwidth, and writes OUT/*.flac at 48 kHz with OUT/manifest.tsv.
"""

import glob
import os
import sys

import numpy as np
import scipy.signal as ss
import soundfile

BAND = 375


def bandwidth(samples, rate, strictly=True):
    """Where the mean spectrum falls by 10 dB for good; strictly: 0 where there is nothing much above 8 kHz or too little sound."""
    at = np.arange(0, len(samples) - 2048, 1024)[:, None] + np.arange(2048)
    power = (np.abs(np.fft.rfft(samples[at] * np.hanning(2048))) ** 2).mean(0)
    bands = (np.arange(1025) * rate / 2048 / BAND).astype(int)
    level = 10 * np.log10(np.bincount(bands, power) / np.bincount(bands) + 1e-9)
    last = len(level) - 2
    if strictly and (level[26] < -45 or level[18] - level[24] > 25 or np.abs(samples).max() < 0.05):
        return 0
    return next(((k + 1) * BAND for k in range(20, last - 1) if level[k] - level[k + 1 : last].max() > 10), 0.97 * rate / 2)


def main():
    clone, out = sys.argv[1:3]
    os.makedirs(out, exist_ok=True)
    groups = []
    for path in sorted(glob.glob(os.path.join(clone, "custom_keywords", "*", "*.wav"))):
        samples, rate = soundfile.read(path)
        reach = bandwidth(samples, rate)
        if reach < 14000:
            continue
        if rate == 44100:
            samples = ss.resample_poly(samples, 160, 147)
        folder = os.path.basename(os.path.dirname(path))
        if not groups or groups[-1][0] != folder or abs(groups[-1][1] - reach) > 1500 or len(groups[-1][2]) == 30:
            groups.append([folder, reach, []])
        groups[-1][1] = min(groups[-1][1], reach)
        groups[-1][2].append(samples / max(1, np.abs(samples).max() / 0.99))
    with open(os.path.join(out, "manifest.tsv"), "w") as file:
        file.write("path\tsource\tlicence\tspeaker\tlang\tsr\tseconds\treal_bandwidth_hz\n")
        for number, (folder, reach, clips) in enumerate(g for g in groups if len(g[2]) > 2):
            name, samples = f"{folder}-{number:02}.flac", np.concatenate(clips)
            soundfile.write(os.path.join(out, name), samples, 48000, subtype="PCM_24")
            file.write(f"{name}\tgithub:ShawnHymel/custom-speech-commands-dataset\tCC-BY-4.0\t{folder}-{number}\ten\t48000\t{len(samples) / 48000:.1f}\t{reach:.0f}\n")


if __name__ == "__main__":
    main()
