#!/usr/bin/env python3
"""Compares weights on clips: PLCMOS (five raters), STOI, ESTOI, LSD, and their paired differences from the first, +- half of a 95 % interval.

    evaluate.py --data DIR --scorer DIR --rtc "dotnet rtc.dll" --out WORK/heard [--trace ge_p20] [--seconds 5] [--split valid] classical NAME=model.onnx...

Clip n, in order of file name, starts at packet 97 n of the trace. All clips are concealed as one call, left in --out; metrics.py in the
folder of the scorer has the metrics. For DNSMOS: `node DIR/dnsmos.js DIR/sig_bak_ovr.onnx WAV...` of the call's first minute (ffmpeg -t 60).
"""

import argparse
import glob
import os
import shlex
import subprocess
import sys

import numpy as np
import soundfile
import torch
from scipy.signal import resample_poly

from pack import PACKET, RATE
from plcmos import Plcmos, rater_embeddings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--scorer", required=True)
    parser.add_argument("--rtc", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--trace", default="ge_p20")
    parser.add_argument("--split", default="valid", help="valid, for choosing; test, once chosen")
    parser.add_argument("--every", type=int, default=1, help="takes every n-th clip")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("methods", nargs="+", help="classical, or NAME=FILE")
    args = parser.parse_args()
    sys.path.insert(0, args.scorer)
    import metrics

    torch.set_num_threads(1)
    listener, raters = Plcmos(args.scorer), rater_embeddings(args.scorer)[:5]
    os.makedirs(args.out, exist_ok=True)
    trace = np.loadtxt(os.path.join(args.data, "loss-traces", args.trace + ".txt")).astype(int)
    clips, lost = [], []
    for n, path in enumerate(sorted(glob.glob(os.path.join(args.data, "speech", args.split, "*", "*.flac")))[:: args.every]):
        samples, rate = soundfile.read(path)
        samples = resample_poly(samples, 1, rate // RATE)
        clips.append(samples[: min(len(samples), int(args.seconds * RATE)) // PACKET * PACKET].astype(np.float32))
        lost.append(np.take(trace, range(97 * n, 97 * n + len(clips[-1]) // PACKET), mode="wrap"))
    call, loss = (os.path.join(args.out, name) for name in ("clean.wav", "loss.txt"))
    soundfile.write(call, np.concatenate(clips), RATE, subtype="PCM_16")
    np.savetxt(loss, np.concatenate(lost), "%d")

    def score(clip, heard):
        with torch.no_grad():
            judged = listener(torch.from_numpy(heard)[None], raters).mean().item()
        return judged, metrics.stoi(clip, heard, RATE), metrics.stoi(clip, heard, RATE, True), metrics.lsd(clip, heard, fs=RATE)

    first = None
    for method in args.methods:
        name, _, model = method.partition("=")
        output = os.path.join(args.out, f"{args.trace}-{name}.wav")
        how = ["--method", "neural", "--model", os.path.abspath(model)] if model else ["--method", name]
        subprocess.run([*shlex.split(args.rtc), "conceal", call, loss, output, *how], check=True, stdout=subprocess.DEVNULL)
        heard = np.split(soundfile.read(output, dtype="float32")[0], np.cumsum([len(clip) for clip in clips]))
        scores = np.array([score(clip, part) for clip, part in zip(clips, heard)])
        first = scores if first is None else first
        apart = scores - first
        interval = 1.96 * apart.std(0, ddof=1) / len(clips) ** 0.5
        figures = zip(("PLCMOS", "STOI", "ESTOI", "LSD"), scores.mean(0), apart.mean(0), interval)
        print(args.trace, name, *(f"{metric} {mean:.3f} ({gain:+.3f} +-{half:.3f})" for metric, mean, gain, half in figures), sep="\t", flush=True)


if __name__ == "__main__":
    main()
